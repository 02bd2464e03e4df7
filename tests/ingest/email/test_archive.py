"""What lies at a path: which files are mails, in which order, and how an import knows where it was."""

import gzip
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from ingest.email.archive import MSG, RFC822, Archive, fingerprint, mails, open_archive
from ingest.email.import_cursor import Place, read_place, resume, write_place
from ingest.email.mbox import Dialect
from ingest.importing import batches, job_name
from ouvidor.errors import Misconfigured, Rejected
from tests.ingest.email.test_mbox import CLASSIC, mail


def mbox(numbers: Iterable[int]) -> bytes:
    return b"".join(CLASSIC + mail(number) + b"\n" for number in numbers)


def read(archive: Archive) -> list[bytes]:
    return [each.body for unit in archive.units for each in mails(unit, dialect=Dialect.AUTO, largest=2**20)]


def test_a_file_is_what_its_first_bytes_say(tmp_path: Path):
    (tmp_path / "a").write_bytes(mail(1))
    (tmp_path / "b.txt").write_bytes(mbox([2, 3]))
    (tmp_path / "c").write_bytes(gzip.compress(mbox([4])))
    (tmp_path / "d").write_bytes(gzip.compress(mail(5)))
    (tmp_path / "e").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(100))
    archive = open_archive([tmp_path / name for name in ("a", "b.txt", "c", "d", "e")])
    assert read(archive)[:5] == [mail(1), mail(2), mail(3), mail(4), mail(5)]
    [msg] = mails(archive.units[4], dialect=Dialect.AUTO, largest=2**20)
    assert msg.media_type == MSG != RFC822


def test_a_folder_gives_its_mails_in_the_order_of_names_and_tells_what_is_none(tmp_path: Path):
    for name, content in {
        "2.eml": mail(2),
        "1.eml": mail(1),
        "Inbox": mbox([3]),
        "Inbox.msf": b"// <!-- <mdb:mork",
        "0.eml": b"",
        ".hidden.eml": mail(9),
        "sub/4.eml": mail(4),
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / "5.eml").symlink_to(tmp_path / "1.eml")
    archive = open_archive([tmp_path])
    assert read(archive) == [mail(1), mail(2), mail(3), mail(4)]
    assert {Path(path).name: why for path, why in archive.passed_over} == {
        "Inbox.msf": "no mail",
        "0.eml": "empty",
        "5.eml": "no file",
    }


def maildir(where: Path, names: dict[str, bytes]) -> Path:
    for each in ("cur", "new", "tmp"):
        (where / each).mkdir(parents=True)
    for name, content in names.items():
        (where / name).write_bytes(content)
    return where


def test_a_maildir_is_read_without_what_is_being_delivered_and_without_its_other_folders(tmp_path: Path):
    where = maildir(
        tmp_path / "Maildir", {"cur/2.b:2,S": mail(2), "new/1.a": mail(1), "new/3.c": mail(3), "tmp/4.d": mail(4)}
    )
    maildir(where / ".Trash", {"cur/5.e:2,T": mail(5)})
    archive = open_archive([tmp_path])
    assert read(archive) == [mail(1), mail(2), mail(3)]
    assert [Path(path).name for path, _ in archive.passed_over] == [".Trash"]
    assert read(open_archive([where / ".Trash"])) == [mail(5)]


def test_a_mail_of_a_maildir_is_found_though_it_was_read_meanwhile(tmp_path: Path):
    where = maildir(tmp_path, {"new/1.a": mail(1), "new/2.b": mail(2)})
    archive = open_archive([where])
    (where / "new" / "1.a").rename(where / "cur" / "1.a:2,S")
    (where / "new" / "2.b").unlink()
    one, other = archive.units
    assert next(mails(one, dialect=Dialect.AUTO, largest=99)).body == mail(1)[:99]
    with pytest.raises(OSError, match="moved or deleted meanwhile"):
        list(mails(other, dialect=Dialect.AUTO, largest=99))


def test_the_note_that_a_mail_server_keeps_in_its_mailbox_is_no_mail(tmp_path: Path):
    note = b"Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\nX-IMAP: 1 2\n\nThis text is part of...\n"
    (tmp_path / "inbox").write_bytes(CLASSIC + note + b"\n" + mbox([1]))
    assert read(open_archive([tmp_path / "inbox"])) == [mail(1)]


def test_a_path_where_nothing_is_is_named(tmp_path: Path):
    with pytest.raises(Rejected, match=r"gone\.mbox: cannot be read: No such file"):
        open_archive([tmp_path / "gone.mbox"])


def test_what_cannot_be_read_to_its_end_is_told_and_what_was_read_is_kept(tmp_path: Path):
    whole = gzip.compress(mbox(range(3)) + os.urandom(10_000))
    (tmp_path / "a.mbox.gz").write_bytes(whole[:-3000])
    (tmp_path / "b.eml").write_bytes(mail(7))
    [batch] = batches(open_archive([tmp_path]).units, Dialect.AUTO, Place())
    assert [each.body for each in batch.deliveries][-1] == mail(7)
    assert [(Path(path).name, why) for path, why in batch.unread] == [
        ("a.mbox.gz", "it is compressed, and broken or cut off")
    ]
    assert batch.place.missed == 1


class TestWhereAnImportWas:
    def place_after(self, archive: Archive, monkeypatch: pytest.MonkeyPatch, count: int) -> Place:
        """Say where an import of one mail a batch is after so many."""
        monkeypatch.setattr("ingest.importing._MOST_AT_ONCE", 1)
        found = batches(archive.units, Dialect.AUTO, Place())
        return [next(found).place for _ in range(count)][-1]

    def rest(self, archive: Archive, place: Place) -> list[bytes]:
        begin = resume(read_place(write_place(place)), archive.units)
        return [each.body for batch in batches(archive.units, Dialect.AUTO, begin) for each in batch.deliveries]

    @pytest.mark.parametrize("count", range(1, 9))
    def test_from_any_place_the_rest_and_nothing_else_is_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
    ):
        (tmp_path / "a.eml").write_bytes(mail(0))
        (tmp_path / "b.mbox").write_bytes(mbox([1, 2, 3]))
        (tmp_path / "c.eml").write_bytes(mail(4))
        (tmp_path / "d.mbox.gz").write_bytes(gzip.compress(mbox([5, 6, 7])))
        archive = open_archive([tmp_path])
        place = self.place_after(archive, monkeypatch, count)
        assert self.rest(archive, place) == [mail(number) for number in range(count, 8)]

    def test_what_has_grown_is_read_on_from_its_old_end(self, tmp_path: Path):
        (tmp_path / "a.mbox").write_bytes(mbox([0, 1]))
        [batch] = batches(open_archive([tmp_path]).units, Dialect.AUTO, Place())
        with (tmp_path / "a.mbox").open("ab") as file:
            file.write(mbox([2]))
        (tmp_path / "b.eml").write_bytes(mail(3))
        assert self.rest(open_archive([tmp_path]), batch.place) == [mail(2), mail(3)]

    def test_what_has_changed_is_read_anew(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        (tmp_path / "a.eml").write_bytes(mail(0))
        (tmp_path / "b.mbox").write_bytes(mbox([1, 2, 3]))
        place = self.place_after(open_archive([tmp_path]), monkeypatch, 3)
        (tmp_path / "b.mbox").write_bytes(mbox([4, 5, 6]))
        assert len(self.rest(open_archive([tmp_path]), place)) == 4
        (tmp_path / "b.mbox").write_bytes(mbox([1, 2, 3]))
        assert len(self.rest(open_archive([tmp_path]), place)) == 1
        (tmp_path / "a.eml").write_bytes(mail(10))
        assert len(self.rest(open_archive([tmp_path]), place)) == 4

    def test_after_an_import_that_missed_a_file_the_next_one_looks_at_all(self, tmp_path: Path):
        (tmp_path / "a.eml.gz").write_bytes(gzip.compress(mail(1))[:-12])
        (tmp_path / "b.eml").write_bytes(mail(2))
        *_, last = batches(open_archive([tmp_path]).units, Dialect.AUTO, Place())
        (tmp_path / "a.eml.gz").write_bytes(gzip.compress(mail(1)))
        assert self.rest(open_archive([tmp_path]), last.place) == [mail(1), mail(2)]

    def test_a_maildirs_mail_that_was_read_meanwhile_is_not_read_anew(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        where = maildir(tmp_path, {"new/1.a": mail(1), "new/2.b": mail(2)})
        place = self.place_after(open_archive([where]), monkeypatch, 1)
        (where / "new" / "1.a").rename(where / "cur" / "1.a:2,S")
        assert self.rest(open_archive([where]), place) == [mail(2)]

    def test_a_checkpoint_of_another_version_is_told_with_its_mend(self):
        for cursor in (b"{}", b"[]", b"\xff", b'{"version":9}'):
            with pytest.raises(Misconfigured, match="--again"):
                read_place(cursor)

    def test_the_name_of_a_job_holds_no_name_of_a_file(self, tmp_path: Path):
        name = job_name("imap", "main", [tmp_path / "ana-silva.mbox"], Dialect.AUTO)
        assert name.startswith("imap.main.")
        assert "ana" not in name
        assert name != job_name("imap", "main", [tmp_path / "ana-silva.mbox"], Dialect.MBOXO)

    def test_what_lies_before_a_place_does_not_change_with_what_comes_after(self, tmp_path: Path):
        file = tmp_path / "a.mbox"
        file.write_bytes(mbox(range(100)))
        [unit] = open_archive([file]).units
        before = fingerprint(unit, 9000)
        file.write_bytes(mbox(range(120)))
        assert fingerprint(unit, 9000) == before != fingerprint(unit, 9001)
