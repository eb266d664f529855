"""files.create in two parts: a description in JSON, and then the file."""

import io

import pytest

BOUNDARY = "end_of_part"
DESCRIPTION = b'{"agentId": "growing-tree-bank", "contentDescription": "A tree"}'
PNG = b"\x89PNG\r\n\x1a\n"


def encode_parts(*parts: tuple[str, bytes]) -> bytes:
    encoded = [
        f"--{BOUNDARY}\r\nContent-Type: {media_type}\r\n\r\n".encode() + content + b"\r\n"
        for media_type, content in parts
    ]
    return b"".join(encoded) + f"--{BOUNDARY}--".encode()


SOUND = encode_parts(("application/json", DESCRIPTION), ("image/png", PNG))


async def upload(business, data: bytes, content_type: str = f"multipart/related; boundary={BOUNDARY}"):
    headers = {"Authorization": "Bearer t", "Content-Type": content_type}
    path, parameters = "/upload/v1/files", {"uploadType": "multipart"}
    return await business.call("POST", path, params=parameters, data=io.BytesIO(data), headers=headers)


async def test_described_file_is_kept(simulator, business) -> None:
    data = encode_parts(("application/json; charset=UTF-8", DESCRIPTION), ("image/PNG; a=b", PNG))
    status, answer = await upload(business, data)
    assert (status, answer.keys()) == (200, {"name"})
    files = simulator.simulation.files
    assert files.read_preview(answer["name"]) == PNG
    assert files.find(answer["name"]).media_type == "image/png"


@pytest.mark.parametrize(
    ("parts", "named"),
    [
        ([], "parts"),
        ([("application/json", DESCRIPTION)], "two parts"),
        ([("application/json", b"{"), ("image/png", PNG)], "JSON"),
        ([("application/json", b"{}"), ("image/png", PNG)], "agentId"),
        ([("application/json", DESCRIPTION[:-9] + b"1}"), ("image/png", PNG)], "contentDescription"),
        ([("application/json", DESCRIPTION), ("text/html", PNG)], "Content-Type"),
        ([("application/json", DESCRIPTION), ("image/png", b"")], "empty"),
        ([("multipart/mixed; boundary=b", DESCRIPTION), ("image/png", PNG)], "part"),
        ([("application/json", b" " * 1_050_000), ("image/png", PNG)], "parts"),
    ],
)
async def test_faulty_parts_are_named(business, parts: list[tuple[str, bytes]], named: str) -> None:
    status, answer = await upload(business, encode_parts(*parts))
    assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert named in answer["error"]["message"]


@pytest.mark.parametrize(
    "content_type",
    ["multipart/related", "multipart/related; boundary=", "multipart/related; boundary=" + "x" * 99],
)
async def test_boundary_that_is_none_is_refused(business, content_type: str) -> None:
    assert (await upload(business, DESCRIPTION, content_type))[0] == 400


async def test_other_content_type_is_refused(business) -> None:
    status, answer = await upload(business, SOUND, f"multipart/form-data; boundary={BOUNDARY}")
    assert status == 400
    assert "multipart/related" in answer["error"]["message"]


WHOLE = b"--end_of_part\r\n"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"garbage",
        SOUND[:30],
        SOUND[: SOUND.index(PNG)],
        SOUND.replace(b"Content-Type", b"Content Type"),
        SOUND.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: odd\r\n\r\n"),
        SOUND.replace(b"\r\n\r\n", b"\r\nContent-Length: x\r\n\r\n"),
        SOUND.replace(b"\r\n\r\n", b"\r\nContent-Length: 9999\r\n\r\n"),
        SOUND.replace(b"\r\n\r\n", b"\r\nContent-Encoding: odd\r\n\r\n"),
        WHOLE + b"A: b\r\n" * 5000 + b"\r\n{}",
        WHOLE + b"A: " + b"b" * 100_000 + b"\r\n\r\n{}",
        WHOLE + b"\xff: \xff\r\n\r\n{}",
    ],
    ids=range(12),
)
async def test_broken_body_is_never_the_fault_of_the_server(business, data: bytes) -> None:
    status, _ = await upload(business, data)
    assert status in {200, 400}
