"""Makes the editions that come with the program, from public packages: `scrubber data build`.

Only whoever maintains the packs runs it; the packages (the extra `data`) are not needed to scrub claims.
"""
