"""Every bug that is planted. A row whose `old` is not in the tree any more fails a test."""

from tests.mutations.bugs_of_receiving import BUGS_OF_RECEIVING
from tests.mutations.bugs_of_sending import BUGS_OF_SENDING
from tests.mutations.bugs_of_the_whole import BUGS_OF_THE_WHOLE
from tests.mutations.bugs_of_writing import BUGS_OF_WRITING

BUGS = (*BUGS_OF_RECEIVING, *BUGS_OF_WRITING, *BUGS_OF_SENDING, *BUGS_OF_THE_WHOLE)
