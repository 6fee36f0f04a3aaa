import io

import pytest

from pabal.kit.sealing import SealedReader, SealedWriter, SealError, needs_passphrase

SECRET = b"s" * 32


def sealed(*, passphrase: bool = False) -> bytes:
    file = io.BytesIO()
    file.fileno = lambda: -1  # type: ignore[method-assign]  # no disk behind it
    writer = SealedWriter(file, SECRET, passphrase=passphrase)
    writer.entry("first", [b"a" * 3_000_000, b""])
    writer.entry("empty", [])
    writer.entry("last", ["김철수".encode()])
    writer.close()
    return file.getvalue()


@pytest.fixture(autouse=True)
def _no_fsync(monkeypatch):
    monkeypatch.setattr("os.fsync", lambda _: None)


def opened(content: bytes, secret: bytes = SECRET) -> dict[str, bytes]:
    return {name: b"".join(chunks) for name, chunks in SealedReader(io.BytesIO(content), secret).entries()}


@pytest.mark.parametrize("passphrase", [False, True])
def test_what_was_sealed_comes_back_and_is_unreadable_meanwhile(passphrase):
    content = sealed(passphrase=passphrase)
    assert "김철수".encode() not in content
    assert needs_passphrase(io.BytesIO(content)) is passphrase
    assert opened(content) == {"first": b"a" * 3_000_000, "empty": b"", "last": "김철수".encode()}


def test_another_key_is_refused_before_anything_is_yielded():
    with pytest.raises(SealError, match="another key"):
        opened(sealed(), b"t" * 32)


@pytest.mark.parametrize("kept", [0, 10, 39, 50, 1_000_000, 2_500_000, -200, -1])
def test_a_cut_file_is_noticed(kept):
    content = sealed()
    with pytest.raises(SealError):
        opened(content[:kept])


@pytest.mark.parametrize("place", [16, 20, 45, 100, 1_500_000, -10])
def test_a_changed_byte_is_noticed(place):
    content = bytearray(sealed())
    content[place] ^= 1
    with pytest.raises(SealError):
        opened(bytes(content))


def test_chunks_in_another_order_are_noticed():
    content = sealed()
    frames, position = [], 39
    while position < len(content):
        length = 4 + int.from_bytes(content[position : position + 4], "big")
        frames.append(content[position : position + length])
        position += length
    frames[1], frames[2] = frames[2], frames[1]
    with pytest.raises(SealError):
        opened(content[:39] + b"".join(frames))
