"""Errors of the API (RFC 9457): what is wrong, where, how to mend it. Nothing from a request is repeated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

_TYPE = "application/problem+json"


class ProblemPlace(BaseModel):
    """One thing wrong with a request: a claim path, parameter or segment, and what is wrong there."""

    path: str
    message: str


class Problem(BaseModel):
    """An error body (application/problem+json)."""

    title: str
    status: int
    detail: str
    problems: list[ProblemPlace] = []


class ApiError(Exception):
    """An error to answer with."""

    def __init__(self, status: int, title: str, detail: str, problems: Sequence[ProblemPlace] = ()) -> None:
        super().__init__(title)
        self.problem = Problem(title=title, status=status, detail=detail, problems=list(problems))


def answer(problem: Problem) -> JSONResponse:
    """Return the response for a problem."""
    return JSONResponse(problem.model_dump(), problem.status, media_type=_TYPE)


class DescribedApi(FastAPI):
    """An API whose description says that errors are problems. `described` are schemas that it names."""

    described: Mapping[str, Any] = {}

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        document = super().openapi()
        document["components"]["schemas"].update(self.described)
        for path in document["paths"].values():
            for operation in path.values():
                for response in operation["responses"].values():
                    content = response.get("content", {})
                    if _TYPE in content:  # FastAPI describes a model as application/json whatever is said
                        content[_TYPE] = content.pop("application/json", content[_TYPE])
        return document


def install(app: FastAPI) -> None:
    """Make every error of the app a Problem."""

    @app.exception_handler(ApiError)
    async def _api_error(request: Request, error: ApiError) -> JSONResponse:
        return answer(error.problem)

    @app.exception_handler(RequestValidationError)
    async def _validation(request: Request, error: RequestValidationError) -> JSONResponse:
        places = [ProblemPlace(path=".".join(map(str, e["loc"])), message=_reason(e)) for e in error.errors()]
        title = "A parameter is not right"
        return answer(Problem(title=title, status=422, detail="Correct the places below.", problems=places))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        details = {
            404: "There is nothing here; /openapi.json lists what there is.",
            405: "Use another method.",
        }
        detail = details.get(error.status_code, "The request cannot be answered.")
        title = {404: "Not found", 405: "Method not allowed"}.get(error.status_code, "Error")
        return answer(Problem(title=title, status=error.status_code, detail=detail))

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> JSONResponse:
        detail = f"The request was not answered ({type(error).__name__}); nothing of it was kept."
        return answer(Problem(title="Internal error", status=500, detail=detail))


def _reason(error: Any) -> str:
    """Say what is wrong by the kind of error only: Pydantic's own message may quote the input."""
    if error["type"].startswith("date"):
        return "a date like 2026-08-31 is wanted"
    if error["type"] == "missing":
        return "it is missing"
    return "it does not have the right form"
