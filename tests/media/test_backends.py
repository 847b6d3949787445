"""Every storage of photos keeps the same contract: whole or not at all, and no byte other than what was given."""

import itertools
import multiprocessing
import os
import random
import resource
import tracemalloc
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

from media.backend import CHUNK, Backend, NotStored, StorageDown, StorageFull, check_key, hash_of
from media.backends import BACKENDS
from media.backends.folder import FolderBackend
from tests.media.conftest import Give, keys_of

KEY = "photos/140525/ab/cd/abcd0001"
BIG = random.Random(1).randbytes(20 * 1024 * 1024)
_spawn = multiprocessing.get_context("spawn")


# What is given is what comes back


@pytest.mark.parametrize("content", [b"", b"1", BIG[:300_000], BIG], ids=["nothing", "one byte", "300 KB", "20 MB"])
def test_what_was_put_is_read_in_small_chunks_and_the_file_is_gone(backend: Backend, give: Give, content: bytes):
    file, sha256 = give(content)
    backend.put(KEY, file, sha256)
    chunks = list(backend.read(KEY))
    assert b"".join(chunks) == content and all(0 < len(chunk) <= CHUNK for chunk in chunks)
    assert hash_of(backend, KEY) == sha256
    assert backend.size(KEY) == len(content) and list(backend.keys()) == [(KEY, len(content))]
    assert not file.exists()


def test_a_range_is_cut_at_the_end_of_the_object(backend: Backend, give: Give):
    content = BIG[:300_000]
    backend.put(KEY, *give(content))
    for start, end in [(0, 1), (10, 200_000), (0, 300_000), (299_999, None), (5, None), (299_990, 999_999),
                       (7, 7), (9, 3), (0, 0), (300_000, None), (400_000, 400_001)]:
        assert b"".join(backend.read(KEY, start, end)) == content[start:end], (start, end)


def test_a_range_of_an_empty_object_is_empty(backend: Backend, give: Give):
    backend.put(KEY, *give(b""))
    assert [list(backend.read(KEY, *span)) for span in [(0, 10), (0, 0), (3, None)]] == [[], [], []]


def test_a_second_put_replaces_the_first(backend: Backend, give: Give):
    backend.put(KEY, *give(b"the first, and longer"))
    backend.put(KEY, *give(b"the second"))
    assert b"".join(backend.read(KEY)) == b"the second" and list(backend.keys()) == [(KEY, 10)]


def test_many_threads_share_a_backend(backend: Backend, give: Give):
    given = {f"photos/1/{n:02}": give(bytes([n]) * 9_000) for n in range(24)}
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: backend.put(one[0], *one[1]), given.items()))
        assert list(pool.map(lambda key: hash_of(backend, key), given)) == [sha256 for _, sha256 in given.values()]
    assert keys_of(backend) == sorted(given)


def test_many_threads_put_the_same_object(backend: Backend, give: Give):
    given = [give(BIG[:50_000]) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: backend.put(KEY, *one), given))
    assert list(backend.keys()) == [(KEY, 50_000)] and hash_of(backend, KEY) == given[0][1]


# What is not there


def test_what_is_missing_is_said_before_the_first_chunk(backend: Backend):
    for span in [(), (5, 9), (0, 0)]:
        with pytest.raises(NotStored) as told:
            backend.read(KEY, *span)
        assert told.value.key == KEY
    assert backend.size(KEY) is None


def test_the_beginning_of_a_key_is_not_an_object(backend: Backend, give: Give):
    backend.put(KEY, *give(b"x"))
    for other in ("photos/140525/ab", f"{KEY}/more", KEY[:-1]):
        assert backend.size(other) is None
        backend.delete(other)
        with pytest.raises(NotStored):
            backend.read(other)
    assert keys_of(backend) == [KEY]


def test_deleting_twice_is_no_error(backend: Backend, give: Give):
    backend.put(KEY, *give(b"x"))
    backend.delete(KEY)
    backend.delete(KEY)
    assert backend.size(KEY) is None and keys_of(backend) == []


def test_keys_come_in_order_over_many_pages_and_by_any_prefix(backend: Backend, give: Give):
    names = [f"photos/{region}/{part}/{n}" for region in ("140525", "1405", "140525100") for part in ("ab", "a0") for n in "210"]
    for key in [*names, "derived/140525/ab/screen-1f2e.jpg", "photo"]:
        backend.put(key, *give(key.encode()))
    every = sorted([*names, "derived/140525/ab/screen-1f2e.jpg", "photo"])
    assert list(backend.keys()) == [(key, len(key)) for key in every]
    for prefix in ("photos/", "photos/140525", "photos/140525/", "photos/140525/a0/1", "d", "photo", "x", "photos/14/", "photo/"):
        assert keys_of(backend, prefix) == [key for key in every if key.startswith(prefix)], prefix


BAD_KEYS = ["", "/", "a//b", "/a", "a/", ".", "..", "a/../b", "a/./b", "A", "照片", "a b", "a\n", "a\\b", ".tmp-1", "a/.b", "a\0",
            "a" * 201, "/".join(["a" * 100] * 10)]


def test_what_is_not_a_key_is_refused_everywhere(backend: Backend, give: Give):
    file, sha256 = give(b"x")
    for action in (lambda bad: backend.put(bad, file, sha256), backend.read, backend.size, backend.delete, check_key):
        for bad in BAD_KEYS:
            with pytest.raises(ValueError, match="not a key"):
                action(bad)
    assert file.exists() and keys_of(backend) == []


def test_a_prefix_cannot_leave_the_storage(backend: Backend):
    for prefix in ("/", "..", "../", "a//", "a/../", "照"):
        with pytest.raises(ValueError, match="not a key"):
            keys_of(backend, prefix)


# Resources


def test_a_reader_that_stops_early_leaves_nothing_open(backend: Backend, give: Give):
    backend.put(KEY, *give(BIG))
    hash_of(backend, KEY)
    before = len(os.listdir("/proc/self/fd"))
    for chunks_read in (0, 1, 3):
        reader = backend.read(KEY)
        assert len(list(itertools.islice(reader, chunks_read))) == chunks_read
        reader.close()
        assert list(reader) == []
    for _ in backend.read(KEY):
        break  # dropped without a word
    assert len(os.listdir("/proc/self/fd")) <= before


def test_memory_does_not_grow_with_an_object(backend: Backend, give: Give, elsewhere: Path):
    backend.put(KEY, *give(b"warm"))
    hash_of(backend, KEY)
    file, sha256 = give(BIG, elsewhere)
    tracemalloc.start()
    try:
        backend.put(KEY, file, sha256)
        assert hash_of(backend, KEY) == sha256
        assert tracemalloc.get_traced_memory()[1] < 4 * 1024 * 1024
    finally:
        tracemalloc.stop()


# The folder and its disk


def test_a_file_on_the_same_filesystem_is_moved_and_one_from_elsewhere_copied(folder: FolderBackend, give: Give, elsewhere: Path):
    file, sha256 = give(b"here")
    inode = file.stat().st_ino
    folder.put("here", file, sha256)
    assert (folder.root / "here").stat().st_ino == inode
    file, sha256 = give(b"from elsewhere", elsewhere)
    folder.put("there/it/is", file, sha256)
    assert hash_of(folder, "there/it/is") == sha256 and not file.exists()
    assert sorted(os.listdir(folder.root / "there/it")) == ["is"]


def test_an_object_that_is_replaced_is_still_read_to_its_end(folder: FolderBackend, give: Give):
    folder.put(KEY, *give(BIG[:300_000]))
    reader = folder.read(KEY)
    first = next(reader)
    folder.put(KEY, *give(b"another"))
    assert first + b"".join(reader) == BIG[:300_000]


def test_a_folder_orders_keys_by_bytes_and_passes_over_strange_names(folder: FolderBackend, give: Give):
    names = ["a/b", "a-b", "a.b", "a/c-d/e", "a/c/e", "a/c.d", "a0"]
    for key in names:
        folder.put(key, *give(b"x"))
    (folder.root / "lost+found").mkdir(mode=0)
    (folder.root / ".snapshot").mkdir()
    (folder.root / ".snapshot/a0").touch()
    assert keys_of(folder) == sorted(names)


def test_a_root_that_is_gone_does_not_pass_for_an_empty_one(folder: FolderBackend, give: Give):
    folder.root.rmdir()
    file, sha256 = give(b"x")
    for action in (lambda: folder.put(KEY, file, sha256), lambda: folder.put("a", file, sha256), lambda: folder.read(KEY),
                   lambda: folder.size(KEY), lambda: folder.delete(KEY), lambda: keys_of(folder)):
        with pytest.raises(StorageDown):
            action()
    assert file.exists() and not folder.root.exists()


def test_a_root_that_is_a_file_is_down(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(StorageDown):
        FolderBackend(tmp_path / "file")


def _put_on_a_small_disk(root: Path, file: Path, sha256: str) -> str:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
    try:
        FolderBackend(root).put(KEY, file, sha256)
    except StorageFull:
        return "full"
    return "stored"


def test_a_full_disk_is_said_and_leaves_nothing_behind(folder: FolderBackend, give: Give, elsewhere: Path):
    file, sha256 = give(BIG[:2_000_000], elsewhere)
    with ProcessPoolExecutor(1, mp_context=_spawn) as pool:
        assert pool.submit(_put_on_a_small_disk, folder.root, file, sha256).result() == "full"
    assert keys_of(folder) == [] and folder.sweep(0) == 0
    folder.put(KEY, file, sha256)
    assert hash_of(folder, KEY) == sha256


# Killed in the middle


def _put(name: str, how: dict, file: Path, sha256: str) -> None:
    BACKENDS[name](**how).put(KEY, file, sha256)


def test_a_copy_that_was_killed_is_never_seen_and_is_swept(folder: FolderBackend, give: Give, elsewhere: Path):
    slow = elsewhere / "pipe"
    os.mkfifo(slow)
    child = _spawn.Process(target=_put, args=("folder", {"root": folder.root}, slow, "00" * 32))
    child.start()
    with open(slow, "wb") as pipe:
        pipe.write(BIG[:1_000_000])
        pipe.flush()
        child.kill()
        child.join()
    assert keys_of(folder) == [] and folder.size(KEY) is None
    assert folder.sweep(3600) == 0 and folder.sweep(0) == 1 and folder.sweep(0) == 0
    folder.put(KEY, *give(BIG[:1_000_000]))
    assert list(folder.keys()) == [(KEY, 1_000_000)]
