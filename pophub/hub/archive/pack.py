"""Turn a home into a stream: a tar archive of everything readable, and a manifest of everything that exists.

Written here, not with GNU tar: tar gives no sha256 and no ctime of a file, which the proof and the next run need.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pophub.hub.archive import content
from pophub.hub.archive.manifest import HARD_LINK, NO_CONTENT, Line, last_line, line_of, to_json
from pophub.hub.archive.tar_header import END, header, padding
from pophub.hub.archive.walk import Found, Unreadable, problem_of, walk

Write = Callable[[bytes], object]
# beyond this number a link's content is stored again, to limit memory
MOST_HARD_LINKS = 50_000
FIRST_PROBLEMS = 20
CHANGED = "changed while it was read"


@dataclass(slots=True)
class Packed:
    """What was packed and what was not: counts, and the first problems in full. The manifest has all of them."""

    lines: int = 0
    files: int = 0
    bytes: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    first_problems: list[tuple[str, str]] = field(default_factory=list)


class Packer:
    """Packs one home; `data` and `manifest` receive the bytes of the two streams."""

    def __init__(self, top: str, data: Write, manifest: Write) -> None:
        self.packed = Packed()
        self._top, self._data, self._manifest = top, data, manifest
        self._links: dict[int, str] = {}

    def pack(self, home: int) -> Packed:
        """Pack everything below an open folder."""
        for found in walk(home):
            if isinstance(found, Unreadable):
                self._note(Line(found.path, "unknown", 0, 0, 0, 0, problem=found.problem, stored=False))
                continue
            try:
                self._member(found)
            except OSError as error:
                self._note(line_of(found.path, found.status, problem=problem_of(error), stored=False))
        self._data(END)
        self._manifest(last_line(self.packed.lines))
        return self.packed

    def _member(self, found: Found) -> None:
        status = found.status
        if stat.S_ISREG(status.st_mode):
            self._file_or_link(found)
        elif stat.S_ISDIR(status.st_mode):
            self._store(line_of(found.path, status), status)
        elif stat.S_ISLNK(status.st_mode):
            target = os.readlink(found.name, dir_fd=found.folder)
            self._store(line_of(found.path, status, target=target), status)
        else:
            line = line_of(found.path, status, stored=False)
            self._note(line_of(found.path, status, stored=False, problem=f"a {line.kind} {NO_CONTENT}"))

    def _file_or_link(self, found: Found) -> None:
        if found.status.st_nlink > 1 and found.status.st_ino in self._links:
            first = self._links[found.status.st_ino]
            self._store(line_of(found.path, found.status, kind=HARD_LINK, size=0, target=first), found.status)
            return
        file = os.open(found.name, content.OPEN, dir_fd=found.folder)
        try:
            status = os.fstat(file)
            if not stat.S_ISREG(status.st_mode):
                raise OSError(f"it became a {line_of('', status).kind} meanwhile")
            if status.st_size <= content.SMALL_BYTES:
                self._small(found.path, file)
            else:
                self._large(found.path, file, status)
            if status.st_nlink > 1 and len(self._links) < MOST_HARD_LINKS:
                self._links[status.st_ino] = found.path
        finally:
            os.close(file)

    def _small(self, path: str, file: int) -> None:
        whole, status, still = content.read_whole(file)
        sha256 = hashlib.sha256(whole).hexdigest()
        problem = "" if still else CHANGED
        self._store(line_of(path, status, size=len(whole), sha256=sha256, problem=problem), status, whole)

    def _large(self, path: str, file: int, status: os.stat_result) -> None:
        extents = content.extents_of(file, status)
        stored = line_of(path, status, extents=extents)
        self._data(header(stored, self._top, owner=(status.st_uid, status.st_gid)))
        digest, problem, length = hashlib.sha256(), "", 0
        for start, size in extents if extents is not None else ((0, status.st_size),):
            length += size
            # the header has already fixed the content's length, so unreadable parts become zeros
            for chunk in self._readable(file, start, size):
                if isinstance(chunk, str):
                    problem = chunk
                    continue
                digest.update(chunk)
                self._data(chunk)
        self._data(padding(length))
        if not problem and not content.same(status, os.fstat(file)):
            problem = CHANGED
        self._note(line_of(path, status, extents=extents, sha256=digest.hexdigest(), problem=problem))

    def _readable(self, file: int, start: int, size: int) -> Iterator[bytes | str]:
        done = 0
        try:
            for chunk in content.read_chunks(file, start, size):
                yield chunk
                done += len(chunk)
        except OSError as error:
            yield f"{problem_of(error)}; zeros from byte {start + done} on"
            while done < size:
                zeros = bytes(min(size - done, content.CHUNK_BYTES))
                yield zeros
                done += len(zeros)

    def _store(self, line: Line, status: os.stat_result, whole: bytes = b"") -> None:
        head = header(line, self._top, owner=(status.st_uid, status.st_gid))
        self._data(b"".join((head, whole, padding(len(whole)))))
        self._note(line)

    def _note(self, line: Line) -> None:
        packed = self.packed
        packed.lines += 1
        if line.stored and line.kind == "file":
            packed.files += 1
            packed.bytes += line.size
        if line.problem:
            packed.problems[line.problem.partition(";")[0]] += 1
            if len(packed.first_problems) < FIRST_PROBLEMS:
                packed.first_problems.append((line.path, line.problem))
        self._manifest(to_json(line))
