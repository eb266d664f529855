"""files.create by address and by upload, and what messages may do with the names."""

import io
from datetime import timedelta

import pytest

from rbm_ops.simulator.files import MAX_PREVIEW_BYTES, guess_media_type
from rbm_ops.simulator.rest.choices import ApiChoices

AGENT = {"agentId": "growing-tree-bank"}
PHONE_NUMBER = "+14155550101"
PNG = b"\x89PNG\r\n\x1a\n"
DAY_SECONDS = 24 * 3600
MAX_FILE_BYTES = 104_857_600


async def upload(business, content: bytes = PNG, media_type: str = "image/png", **parameters: str):
    headers = {"Authorization": "Bearer t", "Content-Type": media_type}
    path, data = "/upload/v1/files", io.BytesIO(content)
    return await business.call("POST", path, params=AGENT | parameters, data=data, headers=headers)


async def upload_name(business, content: bytes = PNG, media_type: str = "image/png") -> str:
    status, answer = await upload(business, content, media_type)
    assert status == 200
    return answer["name"]


async def send_file(business, file_name: str, **members: str):
    content = {"uploadedRbmFile": {"fileName": file_name, **members}}
    return await business.create(PHONE_NUMBER, {"contentMessage": content})


async def send_card(business, **media: object):
    card = {"richCard": {"standaloneCard": {"cardContent": {"media": media}}}}
    return await business.create(PHONE_NUMBER, {"contentMessage": card})


async def test_upload_answers_a_name_and_keeps_a_small_file(simulator, business) -> None:
    status, answer = await upload(business)
    assert (status, answer.keys()) == (200, {"name"})
    assert answer["name"].startswith("files/")
    files = simulator.simulation.files
    assert files.read_preview(answer["name"]) == PNG
    file = files.find(answer["name"])
    assert (file.media_type, file.size_bytes, file.file_url) == ("image/png", 8, "")


async def test_file_too_big_for_a_preview_is_counted_and_not_kept(simulator, business) -> None:
    largest = await upload_name(business, bytes(MAX_PREVIEW_BYTES))
    larger = await upload_name(business, bytes(MAX_PREVIEW_BYTES + 1))
    files = simulator.simulation.files
    assert len(files.read_preview(largest)) == MAX_PREVIEW_BYTES
    assert files.read_preview(larger) is None
    assert files.find(larger).size_bytes == MAX_PREVIEW_BYTES + 1


async def test_previews_of_the_latest_32_mib_are_kept(simulator, business) -> None:
    names = [await upload_name(business, bytes(MAX_PREVIEW_BYTES)) for _ in range(9)]
    previews = [simulator.simulation.files.read_preview(name) for name in names]
    assert previews[0] is None
    assert None not in previews[1:]
    assert simulator.simulation.files.find(names[0]).size_bytes == MAX_PREVIEW_BYTES


async def test_large_preview_takes_the_place_of_several(simulator) -> None:
    files, mebibyte = simulator.simulation.files, bytes(1024 * 1024)
    small = [
        files.keep_upload("image/png", size_bytes=len(mebibyte), preview=mebibyte).name for _ in range(32)
    ]
    files.keep_upload("image/png", size_bytes=MAX_PREVIEW_BYTES, preview=bytes(MAX_PREVIEW_BYTES))
    assert [name for name in small if files.read_preview(name) is None] == small[:4]


@pytest.mark.parametrize(("more_bytes", "status"), [(0, 200), (1, 400)])
async def test_file_has_at_most_100_mib(business, more_bytes: int, status: int) -> None:
    answered, answer = await upload(business, bytes(MAX_FILE_BYTES + more_bytes))
    assert answered == status
    assert status == 200 or str(MAX_FILE_BYTES) in answer["error"]["message"]


@pytest.mark.parametrize("media_type", ["text/html", "application/octet-stream", "image/svg+xml", "image"])
async def test_other_media_type_is_refused(business, media_type: str) -> None:
    status, answer = await upload(business, media_type=media_type)
    assert status == 400
    assert "Content-Type" in answer["error"]["message"]


@pytest.mark.parametrize(
    "media_type", ["image/jpeg", "video/mp4", "audio/ogg", "application/pdf", "IMAGE/PNG"]
)
async def test_documented_media_type_is_taken(business, media_type: str) -> None:
    assert (await upload(business, media_type=media_type))[0] == 200


async def test_empty_file_and_other_upload_protocols_are_refused(business) -> None:
    assert (await upload(business, b""))[0] == 400
    assert (await upload(business, uploadType="resumable"))[0] == 400
    assert (await upload(business, uploadType="media"))[0] == 200


async def create_by_address(business, **body: object):
    return await business.call("POST", "/v1/files", json={**AGENT, **body})


async def test_file_by_address_answers_a_name(simulator, business) -> None:
    addresses = {"fileUrl": "https://example.com/a.png", "thumbnailUrl": "https://example.com/b.png"}
    status, answer = await create_by_address(business, **addresses, contentDescription="A tree")
    assert (status, answer.keys()) == (200, {"name"})
    file = simulator.simulation.files.find(answer["name"])
    assert (file.file_url, file.size_bytes) == ("https://example.com/a.png", 0)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "fileUrl"),
        ({"fileUrl": "ftp://example.com/a"}, "fileUrl"),
        ({"fileUrl": "https://example.com/a", "thumbnailUrl": 1}, "thumbnailUrl"),
        ({"fileUrl": "https://example.com/a", "contentDescription": []}, "contentDescription"),
        ({"fileUrl": "https://example.com/a", "agentId": 1}, "agentId"),
        ({"fileUrl": "https://example.com/" + "a" * 2048}, "2048"),
    ],
)
async def test_faulty_file_is_named(business, body: dict, named: str) -> None:
    status, answer = await create_by_address(business, **body)
    assert status == 400
    assert named in answer["error"]["message"]


async def test_file_is_kept_for_60_days(simulator, business) -> None:
    name = await upload_name(business)
    await simulator.advance(60 * DAY_SECONDS - 1)
    assert (await send_file(business, name))[0] == 200
    await simulator.advance(1)
    status, answer = await send_file(business, name)
    assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert "expired" in answer["error"]["message"]
    assert (await send_card(business, uploadedRbmFile={"fileName": name}))[0] == 400


async def test_unknown_name_is_taken_unless_told_otherwise(simulate, business) -> None:
    assert (await send_file(business, "files/unknown"))[0] == 200
    async with simulate(choices=ApiChoices(takes_unknown_files=False)) as (_, strict):
        status, answer = await send_file(strict, "files/unknown")
        assert status == 400
        assert "'files/unknown' is not a file" in answer["error"]["message"]
        name = await upload_name(strict)
        assert (await send_file(strict, name))[0] == 200
        assert (await send_file(strict, name, thumbnailName="files/unknown"))[0] == 400
        body = {"contentMessage": {"fileName": "files/unknown"}}
        assert (await strict.create(PHONE_NUMBER, body))[0] == 400


@pytest.mark.parametrize(
    ("content", "media_type", "named"),
    [
        (bytes(100 * 1024), "image/gif", ""),
        (bytes(100 * 1024 + 1), "image/gif", "102400"),
        (PNG, "video/mp4", "image/gif"),
    ],
)
async def test_thumbnail_is_a_small_image(business, content: bytes, media_type: str, named: str) -> None:
    thumbnail = await upload_name(business, content, media_type)
    status, answer = await send_file(business, await upload_name(business), thumbnailName=thumbnail)
    assert status == (400 if named else 200)
    assert not named or named in answer["error"]["message"]


async def test_files_of_a_message_have_at_most_100_mib_together(business) -> None:
    names = [await upload_name(business, bytes(size)) for size in (MAX_FILE_BYTES, 1)]
    cards = [{"media": {"uploadedRbmFile": {"fileName": name}}} for name in names]
    content = {"richCard": {"carouselCard": {"cardContents": cards}}}
    status, answer = await business.create(PHONE_NUMBER, {"contentMessage": content})
    assert status == 400
    assert str(MAX_FILE_BYTES + 1) in answer["error"]["message"]


async def test_audio_in_a_card_is_refused(business) -> None:
    name = await upload_name(business, media_type="audio/aac")
    assert (await send_card(business, uploadedRbmFile={"fileName": name}))[0] == 400
    assert (await send_card(business, contentInfo={"fileUrl": "https://example.com/a.mp3"}))[0] == 400
    assert (await send_file(business, name))[0] == 200


async def test_uploaded_pdf_in_a_card_needs_a_device_that_shows_it(simulator, business) -> None:
    simulator.simulation.phones.find(PHONE_NUMBER).missing_features = frozenset({"PDF_IN_RICH_CARDS"})
    name = await upload_name(business, media_type="application/pdf")
    status, answer = await send_card(business, uploadedRbmFile={"fileName": name})
    assert status == 400
    assert "PDF_IN_RICH_CARDS" in answer["error"]["message"]
    _, by_address = await create_by_address(business, fileUrl="https://example.com/a.pdf")
    assert (await send_card(business, uploadedRbmFile={"fileName": by_address["name"]}))[0] == 400


async def test_oldest_files_are_forgotten(simulator) -> None:
    files = simulator.simulation.files
    first, second = (_keep(files) for _ in range(2))
    for _ in range(10_000 - 1):
        _keep(files)
    assert files.find(first.name) is None
    assert files.find(second.name) is second
    assert second.expires_at - simulator.simulation.clock.now() == timedelta(days=60)


def _keep(files):
    return files.keep_upload("image/png", size_bytes=1, preview=b"")


@pytest.mark.parametrize(
    ("ending", "media_type"),
    [
        ("a.pdf", "application/pdf"),
        ("a.PDF?page=1#top", "application/pdf"),
        ("a.pdf#top", "application/pdf"),
        ("a.ogg", "audio/ogg"),
        ("a.png?next=b.pdf", ""),
        ("pdf/", ""),
    ],
)
def test_file_behind_an_address_is_judged_by_its_ending(ending: str, media_type: str) -> None:
    assert guess_media_type(f"https://example.com/{ending}") == media_type
