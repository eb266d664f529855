"""Another content under the id of an event that is recorded: kept, flagged, told to whoever watches."""

import pytest
from tests.functions.domain.builders import MESSAGE_DOCUMENT, USER_MESSAGE_DOCUMENT
from tests.functions.fakes import InMemoryLedger
from tests.functions.usecases.correlating import Correlation

from rbm_ledger.domain.errors import NotConfirmed
from rbm_ledger.domain.ledger import Merge, Reached

EVENT_ID = "MxJdOFFXN4QBmdGn1GLbqnpw"


class FlagRefusing(InMemoryLedger):
    async def merge(self, merge: Merge) -> Reached:
        if ("contentConflicts",) in merge.unions:
            raise NotConfirmed("no answer")
        return await super().merge(merge)


@pytest.mark.parametrize("has_updates", [True, False])
@pytest.mark.parametrize("store_content", [True, False])
async def test_second_content_is_kept_and_flagged_and_the_first_still_there(
    has_updates: bool, store_content: bool
) -> None:
    correlation = Correlation(has_updates=has_updates, store_content=store_content)
    first = await correlation.take_file("user-message-text")
    assert "contentConflicts" not in correlation.read(USER_MESSAGE_DOCUMENT)
    second = await correlation.take_file("user-message-text", text="Something else")
    document = correlation.ledger.documents[USER_MESSAGE_DOCUMENT]
    assert (first.is_conflicting, second.is_conflicting) == (False, True)
    assert document["contentConflicts"] == [USER_MESSAGE_DOCUMENT[-1]]
    assert len(document["signed"]) == 2
    texts = [text for text in ("Hello, world!", "Something else") if text in repr(document["signed"])]
    assert len(texts) == (2 if store_content else 0)


async def test_event_in_conflict_is_explained_to_whoever_subscribed() -> None:
    correlation = Correlation()
    await correlation.take_file("user-event-delivered")
    await correlation.take_file("user-event-delivered", senderPhoneNumber="+12025550123")
    before, after = (update["explanation"] for update in correlation.told)
    assert "different content" not in before
    assert f"different content came under one id ({EVENT_ID})" in after
    assert len(correlation.read(MESSAGE_DOCUMENT)["events"]) == 1


async def test_flag_that_was_not_written_is_written_by_the_repeat() -> None:
    correlation = Correlation()
    await correlation.take_file("user-event-delivered")
    sound, correlation.ledger = correlation.ledger, FlagRefusing(correlation.ledger.documents)
    with pytest.raises(NotConfirmed):
        await correlation.take_file("user-event-delivered", sendTime="2018-12-31T16:00:00Z")
    correlation.ledger = sound
    assert "contentConflicts" not in correlation.read(MESSAGE_DOCUMENT)
    repeated = await correlation.take_file("user-event-delivered", sendTime="2018-12-31T16:00:00Z")
    assert repeated.is_conflicting
    assert correlation.read(MESSAGE_DOCUMENT)["contentConflicts"] == [EVENT_ID]
