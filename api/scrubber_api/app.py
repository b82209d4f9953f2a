"""The API: a pre-submission check and the rules it uses. It scrubs nothing itself: workers do."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Annotated, Any

import orjson
from fastapi import FastAPI, Query, Request, Response
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from scrubber.contract import problem_finding
from scrubber.findings import NotEvaluated
from scrubber.packs.bundle import Bundle, LoadedRule
from scrubber.pipeline import not_supplied, supplied
from scrubber.read.claim_json import claim_schema
from scrubber.read.x12 import FileProblem
from scrubber.version import engine_version
from scrubber.worker import WorkerError, WorkerOptions
from scrubber_api.hosts import OnlyHosts
from scrubber_api.pool import Busy, Pool, Turns
from scrubber_api.problems import ApiError, DescribedApi, Problem, install
from scrubber_api.requests import CONTEXT_PARTS, read_request, request_body
from scrubber_api.schemas import ClaimAnswer, RuleAnswer, RulesAnswer, SourceAnswer

MOST_BYTES = 1 << 20
#: Threads that read bodies: a megabyte of nonsense takes seconds, which others must not wait for.
_READERS = 2
_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "content": {"application/problem+json": {}}}
    for status in (400, 413, 415, 422, 503)
}


def _as_written(value: object) -> object:
    """Refuse what Pydantic would take for a date besides: numbers (seconds since 1970), times."""
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise PydanticCustomError("date_spelling", "a date like 2026-08-31 is wanted")
    return value


_Date = Annotated[dt.date, BeforeValidator(_as_written)]


def create_app(
    bundle: Bundle,
    workers: int = 1,
    host: str = "127.0.0.1",
    options: WorkerOptions | None = None,
) -> FastAPI:
    """Return the application. Its workers run from start-up to shutdown; `host` is the address served.

    `options` are what they have besides the packs: limits, reference tables, a history.
    """
    options = options or WorkerOptions()
    limits = options.limits
    pool = Pool(bundle, workers)
    pool.options = options

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with pool, Turns(_READERS) as app.state.reading, Turns(workers) as app.state.scrubbing:
            yield

    app = DescribedApi(
        title="Claim scrubber",
        version=engine_version(),
        description="Checks 837P, 837I and 837D claims against rule packs before they are sent.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.described = CONTEXT_PARTS
    app.add_middleware(OnlyHosts, served=host)
    install(app)

    @app.post(
        "/v1/claims/validate",
        response_model=ClaimAnswer,
        responses=_ERRORS,
        openapi_extra={"requestBody": request_body()},
        summary="Check one claim",
    )
    async def validate(
        request: Request,
        receipt_date: Annotated[
            _Date | None, Query(description="The day the payer receives the claim; default: BHT04")
        ] = None,
    ) -> Response:
        """Check one claim, sent as claim JSON or as an 837 with one claim; a context may come with it."""
        body = await _body(request)
        reading: Turns = app.state.reading
        scrubbing: Turns = app.state.scrubbing
        try:
            asked = await reading.run(
                partial(read_request, request.headers.get("content-type", ""), body, limits)
            )
            reply = await scrubbing.run(partial(pool.scrub, asked.chunk, receipt_date, asked.known))
        except Busy:
            raise ApiError(
                503, "Busy", "All scrubbing processes are at work; try again in a moment."
            ) from None
        except WorkerError as error:
            raise ApiError(503, "Not checked", f"The claim was not checked: {error}.") from None
        not_run = not_supplied(bundle, supplied(options.history is not None, asked.known or options.context))
        answer = _answer(reply.claims[0].result, [*asked.problems, *reply.problems], not_run)
        return Response(answer, media_type="application/json")

    # What needs no worker is answered at once: it waits for no thread that a claim may hold.

    @app.get("/v1/claims/schema", summary="The JSON Schema of claim JSON")
    async def schema() -> dict[str, Any]:
        return claim_schema()

    @app.get("/v1/rules", summary="The rules in use")
    async def rules() -> RulesAnswer:
        return RulesAnswer(
            packs=[{"id": p.id, "version": p.version, "hash": p.hash} for p in bundle.packs],
            rules=[_rule(bundle, loaded) for loaded in bundle.rules],
        )

    @app.get("/healthz", summary="Whether claims can be checked", responses={503: _ERRORS[503]})
    async def health() -> dict[str, str]:
        if not await asyncio.to_thread(pool.alive):
            raise ApiError(503, "Not working", "No scrubbing process is alive; new ones are being started.")
        return {"status": "ok"}

    return app


def _answer(result: bytes, problems: list[FileProblem], not_run: tuple[NotEvaluated, ...]) -> bytes:
    """Return a claim's result with what is wrong with its envelope, and with the rules that did not run.

    A front end that rejects the envelope rejects the claim in it, so the claim's outcome says that.
    """
    if not problems and not not_run:
        return result
    claim = orjson.loads(result)
    if not_run:
        claim["rules_not_run"] = not_run
    if not problems:
        return orjson.dumps(claim)
    findings = [problem_finding(problem) for problem in problems]
    if claim["submittable"] and any(finding.blocks for finding in findings):
        claim["outcome"], claim["submittable"] = "rejected", False
    return orjson.dumps({**claim, "file_findings": findings})


async def _body(request: Request) -> bytes:
    """Read the body, no more than is allowed."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise ApiError(
                413,
                "Too large",
                f"One claim has at most {MOST_BYTES} bytes here; scrub files on the command line.",
            )
    if not body.strip():
        raise ApiError(400, "Empty request", "Send claim JSON or an 837 with one claim as the body.")
    return body


def _rule(bundle: Bundle, loaded: LoadedRule) -> RuleAnswer:
    rule = loaded.rule
    sources = [bundle.sources[key] for key in rule.references]
    return RuleAnswer(
        id=rule.id,
        name=rule.name,
        title=rule.title,
        status=rule.status,
        severity=rule.severity,
        snip=rule.snip,
        pack=loaded.pack,
        version=loaded.version,
        claim_types=list(rule.applies_to.claim_types),
        payers=rule.applies_to.payers,
        needs=rule.needs,
        why=rule.why,
        sources=[
            SourceAnswer(title=s.title, url=s.url, citation=s.citation, checked=s.checked) for s in sources
        ],
    )
