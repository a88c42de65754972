"""Refusals as Sentry words them."""

from dataclasses import dataclass

from aiohttp import web


@dataclass(frozen=True)
class Refusal(Exception):
    """Ends an operation with this answer."""

    status: int
    body: object

    def response(self) -> web.Response:
        return web.json_response(self.body, status=self.status)


def refusal(status: int, detail: str) -> web.Response:
    """An error with one sentence."""
    return web.json_response({"detail": detail}, status=status)


def unauthorized(detail: str) -> web.Response:
    """No token, or none that Sentry knows."""
    answer = refusal(401, detail)
    answer.headers["WWW-Authenticate"] = 'xBasic realm="api"'
    return answer


def forbidden() -> web.Response:
    """The token lacks the scope, or is not of this organization."""
    return refusal(403, "You do not have permission to perform this action.")


def not_found() -> web.Response:
    """No such organization (issue, …), or none that this token may know of."""
    return refusal(404, "The requested resource does not exist")


def missing(detail: str = "The requested resource does not exist") -> Refusal:
    return Refusal(404, {"detail": detail})


def no_permission() -> Refusal:
    return Refusal(403, {"detail": "You do not have permission to perform this action."})
