"""files.create: with the address of a file, with its bytes, or with a description and then its bytes.

Source: reference/rest/v1/files/create, 2026; the last form is that of Google's generated clients. Assumed: an
upload in several requests (uploadType resumable) is refused.
"""

import contextlib
from collections.abc import AsyncIterator, Iterator

from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from rbm_ledger.domain.agent_message import CONTENT_MESSAGE
from rbm_ledger.domain.checks import find_faults, members, text
from rbm_ops.simulator.checks import invalid, refuse
from rbm_ops.simulator.files import MAX_FILE_BYTES, MAX_PREVIEW_BYTES, MEDIA_TYPES, Files
from rbm_ops.simulator.resources import JsonObject
from rbm_ops.simulator.rest.directory import Directory
from rbm_ops.simulator.rest.method import Method
from rbm_ops.simulator.rest.notes import BODY
from rbm_ops.simulator.rest.requests import decode_json_object, read_json_object

_DESCRIPTION = members({"contentDescription": text(at_least=0)})
_CHUNK_BYTES = 64 * 1024


class FileMethods:
    def __init__(self, directory: Directory, files: Files) -> None:
        self._directory = directory
        self._files = files
        self._uploads = {"media": self._upload_bytes, "multipart": self._upload_described}

    def list_methods(self) -> tuple[Method, ...]:
        return (
            Method("files.create", "POST", "/v1/files", self._create),
            Method("files.create", "POST", "/upload/v1/files", self._upload),
        )

    async def _create(self, request: web.Request) -> JsonObject:
        body = await read_json_object(request)
        self._directory.find_agent(request, body)
        # The addresses obey the same table as in a message.
        refuse((*find_faults(CONTENT_MESSAGE, {"contentInfo": body}), *find_faults(_DESCRIPTION, body)))
        return {"name": self._files.keep_address(body["fileUrl"]).name}

    async def _upload(self, request: web.Request) -> JsonObject:
        upload = self._uploads.get(request.query.get("uploadType", "media"))
        if upload is None:
            raise invalid(f"uploadType: must be one of {', '.join(self._uploads)}")
        return await upload(request)

    async def _upload_bytes(self, request: web.Request) -> JsonObject:
        self._directory.find_agent(request)
        return await self._keep(request.content_type, request.content.iter_chunked(_CHUNK_BYTES))

    async def _upload_described(self, request: web.Request) -> JsonObject:
        if request.content_type != "multipart/related":
            raise invalid("Content-Type: must be multipart/related")
        with _refusing_broken_parts():
            parts = await request.multipart()
            body = request[BODY] = decode_json_object(await (await _open_part(parts)).read())
            self._directory.find_agent(request, body)
            refuse(find_faults(_DESCRIPTION, body))
            file = await _open_part(parts)
            media_type = file.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            return await self._keep(media_type, _read_chunks(file))

    async def _keep(self, media_type: str, chunks: AsyncIterator[bytes]) -> JsonObject:
        if media_type not in MEDIA_TYPES:
            raise invalid(f"Content-Type: must be one of {', '.join(sorted(MEDIA_TYPES))}")
        size_bytes, preview = await _receive(chunks)
        return {"name": self._files.keep_upload(media_type, size_bytes=size_bytes, preview=preview).name}


@contextlib.contextmanager
def _refusing_broken_parts() -> Iterator[None]:
    """What aiohttp's reader of parts raises when they are not what the headers promise."""
    try:
        yield
    except (ValueError, HttpProcessingError, web.HTTPRequestEntityTooLarge):
        raise invalid("The parts of the body can't be read.") from None


async def _open_part(parts: MultipartReader) -> BodyPartReader:
    part = await parts.next()
    if isinstance(part, BodyPartReader):
        return part
    raise invalid("The body must have two parts: the description, and the file.")


async def _read_chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(_CHUNK_BYTES):
        yield chunk


async def _receive(chunks: AsyncIterator[bytes]) -> tuple[int, bytes]:
    """Counts what comes; keeps all of it, or nothing when it is too much for a preview."""
    size_bytes, preview = 0, bytearray()
    async for chunk in chunks:
        size_bytes += len(chunk)
        if size_bytes > MAX_FILE_BYTES:
            raise invalid(f"A file can have at most {MAX_FILE_BYTES} bytes.")
        if size_bytes <= MAX_PREVIEW_BYTES:
            preview += chunk
    if size_bytes == 0:
        raise invalid("The file is empty.")  # assumed
    return size_bytes, bytes(preview) if size_bytes <= MAX_PREVIEW_BYTES else b""
