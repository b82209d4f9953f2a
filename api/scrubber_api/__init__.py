"""The HTTP service: routes, schemas, authentication, storage, jobs."""
