"""What hostile JSON is made of: values and spellings that have broken a parser somewhere."""

VALUES: tuple[object, ...] = (
    *(None, True, False, 0, -0.0, 1, -1, 0.1, 1e308, 5e-324, 2**31, 2**53, 2**63, -(2**63) - 1, 10**30),
    *("", " ", "\0", "\ud800", "\udfff\ud800", "\ufeff", "\u202e", "é", "e\u0301", "😀", "İ", "ﬃ", "\u2028"),
    *(".", "..", "__x__", "__proto__", "a/b", "../../quarantine", "~", "`", "\\", "%2e%2e", "a" * 1600),
    *("growing-tree-bank", "growing-tree-bank@rbm.goog", "@rbm.goog", "+14155550101", "+1", "+0", "STOP"),
    *("5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11", "5B3B7F0E8C5E4C0A9F0E2A6F1D6B7C11", "rbm1:", "{{name}}", "{{"),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "0001-01-01T00:00:00+23:59"),
    *("9999-12-31T23:59:59-23:59", "2026-02-30T00:00:00Z", "2026-11-22T10:00:60Z", "soon"),
    *("0s", "0.000000001s", "1296000s", "9999999999.999999999s", "-1s", "1e3s", "٣s", "NaN", "Infinity"),
    *("DELIVERED", "READ", "UNSUBSCRIBE", "SUBSCRIBE", "TTL_EXPIRATION_REVOKED", "IS_TYPING", "NEW_TYPE"),
    *([], {}, [[]], [{}], {"": 0}, {"\ud800": "\ud800"}, {"__name__": {}}, [[1], [2]], ["undelivered"] * 9),
)

NAMES = (
    *("agentId", "senderPhoneNumber", "phoneNumber", "eventType", "eventId", "messageId", "message_id"),
    *("sendTime", "text", "userFile", "location", "suggestionResponse", "postbackData", "newLaunchState"),
    *("regionId", "message", "data", "attributes", "publishTime", "deliveryAttempt", "specversion"),
    *("receivedTime", "clientToken", "secret", "contentMessage", "contentInfo", "richCard", "suggestions"),
    *("reply", "action", "ttl", "expireTime", "idempotencyKey", "source", "clientReference", "labels"),
    *("fallback", "payload", "on", "afterSeconds", "trackTaps", "validateOnly", "revoke", "agentEvent"),
    *("capability", "maxAgeSeconds", "consent", "state", "fileUpload", "fileUrl", "recipients", "values"),
    *("", "__name__", "a.b", "a/b", "\0", "\ud800", "x" * 1501),
)

# In the place of a value, as no JSON encoder would write it.
SPELLINGS = (
    *(b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999", b"1e-999", b"-0", b"01", b"+1", b".5", b"1."),
    *(b"9" * 400, b"9" * 5000, b"0x10", b"1_000", b"True", b"undefined", b"'text'", b'"\\x41"', b'"\\u12"'),
    *(b'"\\ud800"', b'"\\ud83d\\ude00"', b'"\\ude00\\ud83d"', b'"\xed\xa0\x80"', b'"\xc0\xaf"', b'"\xff"'),
    *(b'"\xf5\x80\x80\x80"', b'"\x00"', b'"a\nb"', b"[" * 101 + b"]" * 101, b"[" * 3000 + b"]" * 3000),
    *(b'{"a":' * 101 + b"1" + b"}" * 101, b"[" * 5000, b'{"a":1,"a":2}', b"[1,]", b'{"a":1,}', b"[1 2]"),
    *(b"/**/1", b"[" + b"{}," * 300 + b"{}]", b"{" * 60 + b"}" * 60, b'"' + b"\\" * 301 + b'"', b'""""'),
)

# Whole bodies in another guise.
GUISES = (
    lambda body: b"\xef\xbb\xbf" + body,
    lambda body: body.decode(errors="replace").encode("utf-16"),
    lambda body: body.decode(errors="replace").encode("utf-16-le"),
    lambda body: body.decode(errors="replace").encode("utf-32"),
    lambda body: body + body,
    lambda body: body + b"\0",
    lambda body: b"\r\n\t " + body + b"\r\n",
    lambda body: b"[" + body + b"]",
    lambda body: b'{"message":' + body + b"}",
    lambda body: body.replace(b" ", b"\x0b"),
    lambda body: body.replace(b'"', b"'"),
    lambda body: body.replace(b"{", b'{"message":null,', 1),
    lambda body: b"\x1f\x8b\x08\x00" + body,
)

# Base64 that is read by one decoder and refused by the next.
BASE64_TRICKS = (
    lambda text: text.rstrip("="),
    lambda text: text + "=",
    lambda text: text + "====",
    lambda text: text.replace("+", "-").replace("/", "_"),
    lambda text: text[:4] + "\n" + text[4:],
    lambda text: " " + text,
    lambda text: text + "\n",
    lambda text: text[:-1],
    lambda text: text.lower(),
    lambda text: text[:8] + "=" + text[8:],
    lambda text: text[:4] + "é" + text[4:],
    lambda text: text[:4] + "\0" + text[4:],
    lambda text: text + text,
    lambda text: text[:-2] + "B=" if text.endswith("==") else text,
)

# A true signature, spelt in another way or dressed up.
SIGNATURE_TRICKS = (
    *BASE64_TRICKS,
    lambda _: "",
    lambda _: "=",
    lambda _: "null",
    lambda _: "\x00" * 88,
    lambda text: "sha512=" + text,
    lambda text: f'"{text}"',
    lambda text: f"{text}, {text}",
    lambda text: f"{'A' * 86}==,{text}",
    lambda text: text.upper(),
    lambda text: text.swapcase(),
    lambda text: text[:44],
    lambda text: text * 400,
    lambda text: "\ufeff" + text,
    lambda text: text.replace("A", "А"),
    lambda text: text.translate({ord("a"): "b", ord("b"): "a"}),
    lambda text: text[::-1],
)
