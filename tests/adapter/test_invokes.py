"""What a turn answers: any JSON, the SDK's models, replies; and what its own errors become."""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
import pytest
from botbuilder.core import InvokeResponse, TurnContext
from botbuilder.core.teams import TeamsActivityHandler
from botbuilder.schema import Activity, ActivityTypes, AdaptiveCardInvokeResponse, Attachment
from botbuilder.schema.teams import (
    TaskModuleContinueResponse,
    TaskModuleMessageResponse,
    TaskModuleResponse,
    TaskModuleTaskInfo,
)
from botframework.connector.auth import AppCredentials
from hypothesis import given, settings
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from adapter.cloud_adapter import write
from sandbox.microsoft import Microsoft
from sandbox.places import new_personal_chat
from sandbox.teams import Answer, execute, message
from tests.adapter.serving import Doing, Handler, small_bot
from tests.adapter.strategies import JSON

CARD: dict[str, Any] = {"type": "AdaptiveCard", "version": "1.5", "body": []}
CARD_TYPE = "application/vnd.microsoft.card.adaptive"


@dataclass
class Hooks(TeamsActivityHandler):  # type: ignore[misc]  # the SDK has no types
    """The SDK's handler with hooks that return one of its models."""

    body: object

    async def on_adaptive_card_invoke(self, *_: object) -> Any:
        return self.body

    async def on_teams_task_module_fetch(self, *_: object) -> Any:
        return self.body

    async def on_teams_task_module_submit(self, *_: object) -> Any:
        return self.body


@dataclass
class PlainJson(Hooks):
    """The SDK's handler with an answer of its own, in plain JSON."""

    async def on_invoke_activity(self, _: TurnContext) -> InvokeResponse:
        return InvokeResponse(status=HTTPStatus.OK, body=self.body)


def invoke(name: str | None, value: object) -> dict[str, Any]:
    named = {"name": name} if name else {}
    return {**message(new_personal_chat(), ""), "type": "invoke", "value": value, **named}


async def ask(values: dict[str, str], microsoft: Microsoft, handler: Handler, activity: dict[str, Any]) -> Answer:
    async with small_bot(values, microsoft, handler) as bot:
        return await bot.teams.post(activity)


async def respond_with(context: TurnContext, response: InvokeResponse) -> None:
    await context.send_activity(Activity(type=ActivityTypes.invoke_response, value=response))


BODIES: tuple[Any, ...] = (
    {"a": [1, {"b": None}], "ä": "€"}, [], [1, "two", None], {}, "text", 5, 1.5, True, False,
)  # fmt: skip


async def test_an_invoke_is_answered_with_any_json(values: dict[str, str], microsoft: Microsoft) -> None:
    wanted = list(BODIES)

    async def act(context: TurnContext) -> None:
        body = wanted[context.activity.value["index"]]
        await respond_with(context, InvokeResponse(status=200, body=body))

    async with small_bot(values, microsoft, Doing(act)) as bot:
        answers = [await bot.teams.post(invoke("any", {"index": index})) for index in range(len(wanted))]
    assert [(answer.status, answer.json()) for answer in answers] == [(200, body) for body in wanted]
    assert {answer.headers["Content-Type"] for answer in answers} == {"application/json"}


@settings(max_examples=200, deadline=None)
@given(body=JSON.filter(lambda body: body is not None))
def test_any_json_can_be_written(body: Any) -> None:
    content = write(HTTPStatus.OK, body).body
    assert isinstance(content, bytes)
    assert orjson.loads(content) == body


@pytest.mark.parametrize("status", [200, 202, 400, 404, 412, 501])
async def test_an_invoke_is_answered_with_any_status(values: dict[str, str], microsoft: Microsoft, status: int) -> None:
    async def act(context: TurnContext) -> None:
        await respond_with(context, InvokeResponse(status=status))

    answer = await ask(values, microsoft, Doing(act), invoke("any", {}))
    assert (answer.status, answer.body) == (status, b"")


DIALOG = TaskModuleResponse(
    task=TaskModuleContinueResponse(
        value=TaskModuleTaskInfo(title="Assign", card=Attachment(content_type=CARD_TYPE, content=CARD))
    )
)
DIALOG_JSON = {
    "task": {"type": "continue", "value": {"title": "Assign", "card": {"contentType": CARD_TYPE, "content": CARD}}}
}
ANSWER_JSON = {"statusCode": 200, "type": CARD_TYPE, "value": CARD}


DONE = TaskModuleResponse(task=TaskModuleMessageResponse(value="Done"))
DONE_JSON = {"task": {"type": "message", "value": "Done"}}
ANSWER = AdaptiveCardInvokeResponse(status_code=200, type=CARD_TYPE, value=CARD)
MODELS: dict[str, tuple[object, object]] = {
    "task/fetch": (DIALOG, DIALOG_JSON),
    "task/submit": (DONE, DONE_JSON),
    "adaptiveCard/action": (ANSWER, ANSWER_JSON),
}
VALUE = {"data": {"a": 1}, "context": {"theme": "dark"}, "action": {"type": "Action.Execute", "verb": "x"}}


@pytest.mark.parametrize("name", MODELS)
async def test_dialogs_and_buttons_are_answered_by_models(
    values: dict[str, str], microsoft: Microsoft, name: str
) -> None:
    body, expected = MODELS[name]
    answer = await ask(values, microsoft, Hooks(body), invoke(name, VALUE))
    assert (answer.status, answer.json()) == (200, expected)


@pytest.mark.parametrize("name", MODELS)
async def test_dialogs_and_buttons_are_answered_by_json(
    values: dict[str, str], microsoft: Microsoft, name: str
) -> None:
    _, expected = MODELS[name]
    answer = await ask(values, microsoft, PlainJson(expected), invoke(name, VALUE))
    assert (answer.status, answer.json()) == (200, expected)


async def test_a_button_as_teams_sends_it(values: dict[str, str], microsoft: Microsoft) -> None:
    pressed = execute(new_personal_chat(), {"command": "resolve"}, verb="resolve", card_id="1767378500000")
    answer = await ask(values, microsoft, PlainJson(ANSWER_JSON), pressed)
    assert (answer.status, answer.json()) == (200, ANSWER_JSON)


MALFORMED: tuple[Any, ...] = (None, [], "text", 5, {}, {"action": None}, {"action": {"type": "Action.Submit"}})


@pytest.mark.parametrize("value", MALFORMED)
async def test_a_malformed_button_gets_an_answer_that_teams_shows(
    values: dict[str, str], microsoft: Microsoft, value: object
) -> None:
    answer = await ask(values, microsoft, Hooks(ANSWER), invoke("adaptiveCard/action", value))
    assert answer.status == 200
    assert (answer.json()["statusCode"], answer.json()["type"]) == (400, "application/vnd.microsoft.error")
    assert set(answer.json()["value"]) == {"code", "message"}


@pytest.mark.parametrize("name", [None, "composeExtension/query", "signin/verifyState", "__init__", "task/x"])
async def test_an_invoke_that_nobody_knows_is_501(
    values: dict[str, str], microsoft: Microsoft, name: str | None
) -> None:
    assert (await ask(values, microsoft, Hooks({}), invoke(name, {}))).status == 501


async def test_replies_that_are_expected_come_in_the_answer(values: dict[str, str], microsoft: Microsoft) -> None:
    async def act(context: TurnContext) -> None:
        await context.send_activity("one")
        await context.send_activity(Activity(type=ActivityTypes.message, value={"any": ["json", None]}))

    asked = {**message(new_personal_chat(), "hi"), "deliveryMode": "expectReplies"}
    answer = await ask(values, microsoft, Doing(act), asked)
    first, second = answer.json()["activities"]
    assert (answer.status, first["text"], second["value"]) == (200, "one", {"any": ["json", None]})
    assert first["recipient"]["id"] == asked["from"]["id"]
    assert not microsoft.connector.requests


KINDS = (KeyError, PermissionError, AttributeError, TimeoutError, ValueError, RuntimeError)
ERRORS = [*(kind("endorsement") for kind in KINDS), asyncio.InvalidStateError('Traceback:\n  File "x.py"')]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("kind", ["message", "invoke", "conversationUpdate"])
async def test_a_handlers_own_error_is_ours(
    values: dict[str, str], microsoft: Microsoft, error: Exception, kind: str
) -> None:
    async def act(_: TurnContext) -> None:
        raise error

    with capture_logs(processors=[merge_contextvars]) as lines:
        answer = await ask(values, microsoft, Doing(act), {**invoke("any", {}), "type": kind})
    assert answer.status == 500
    assert set(answer.json()) == {"error", "trace_id"}
    [line] = [line for line in lines if line["log_level"] == "error"]
    assert (line["trace_id"], line["exc_info"]) == (answer.json()["trace_id"], True)
    assert b"Traceback" not in answer.body


async def test_a_method_that_nobody_wrote_is_our_error_too(values: dict[str, str], microsoft: Microsoft) -> None:
    async def act(_: TurnContext) -> None:
        AppCredentials().get_access_token()  # abstract; for the SDK what it raises means 501

    assert (await ask(values, microsoft, Doing(act), invoke("any", {}))).status == 500


async def test_an_answer_that_is_no_json_is_our_error_too(values: dict[str, str], microsoft: Microsoft) -> None:
    async def act(context: TurnContext) -> None:
        await respond_with(context, InvokeResponse(status=200, body={"value": object()}))

    assert (await ask(values, microsoft, Doing(act), invoke("any", {}))).status == 500
