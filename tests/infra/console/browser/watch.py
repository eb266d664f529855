"""What no page of the console may do: raise, complain, or talk to anybody else."""

import re
from dataclasses import dataclass, field

from playwright.async_api import BrowserContext, ConsoleMessage, Request, WebError

# The browser itself complains of each 404. One is no fault: the story of a message that `send` has not
# written yet.
_STORY_NOT_WRITTEN = re.compile(r"/api/messages/[^/]+/[^/]+$")
_OWN_SCHEMES = ("data:", "blob:")


@dataclass
class Watch:
    """Of all pages of a context; `own_url` is where they come from."""

    own_url: str
    faults: list[str] = field(default_factory=list)
    _expected: list[re.Pattern[str]] = field(default_factory=list)

    def attach(self, context: BrowserContext) -> None:
        context.on("weberror", self._note_error)
        context.on("console", self._note_complaint)
        context.on("request", self._note_request)

    def expect(self, pattern: str) -> None:
        """Something that has to go wrong in this test."""
        self._expected.append(re.compile(pattern))

    def check(self) -> None:
        unexpected = [fault for fault in self.faults if not any(it.search(fault) for it in self._expected)]
        assert not unexpected, unexpected
        missing = [it.pattern for it in self._expected if not any(map(it.search, self.faults))]
        assert not missing, f"did not happen: {missing}"

    def _note_error(self, error: WebError) -> None:
        self.faults.append(f"error: {error.error}")

    def _note_complaint(self, message: ConsoleMessage) -> None:
        if message.type != "error" or self._is_story_not_written(message):
            return
        self.faults.append(f"console: {message.text} ({message.location['url']})")

    def _is_story_not_written(self, message: ConsoleMessage) -> bool:
        return "404" in message.text and bool(_STORY_NOT_WRITTEN.search(message.location["url"]))

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self.own_url, *_OWN_SCHEMES)):
            self.faults.append(f"request to another host: {request.url}")
