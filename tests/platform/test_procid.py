import os
import subprocess
import sys
from dataclasses import replace

from pabal.kit import procid
from pabal.kit.procid import ProcessId, is_absent, owner_name, process_id


def test_own_name_reads_back_and_is_present():
    name = owner_name()
    assert str(ProcessId.parse(name)) == name
    assert process_id().pid == os.getpid()
    assert not is_absent(name)


def test_a_reaped_child_is_absent_and_so_is_its_unreaped_shell():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    name = owner_name(child.pid)
    assert not is_absent(name)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert is_absent(name)
    child.communicate()
    assert is_absent(name)


def test_a_pid_given_out_again_is_another_process():
    me = process_id()
    assert is_absent(str(replace(me, start=me.start - 1)))


def test_nothing_is_said_about_processes_that_cannot_be_judged_from_here():
    me = process_id()
    gone = replace(me, start=me.start - 1)
    assert not is_absent(str(replace(gone, pidns="1")))
    assert not is_absent(str(replace(gone, boot="another-boot", host="0123456789abcdef")))
    assert not is_absent("not a process name")
    assert not is_absent("")


def test_an_earlier_boot_of_this_machine_is_over_but_a_container_is_not_judged(monkeypatch):
    me = process_id()
    earlier = replace(me, boot="earlier-boot")
    monkeypatch.setattr(procid, "_pidns", lambda: procid._FIRST_PIDNS)
    assert is_absent(str(replace(earlier, pidns=procid._FIRST_PIDNS)))
    monkeypatch.setattr(procid, "_pidns", lambda: "4026532999")
    assert not is_absent(str(replace(earlier, pidns="4026532999")))


def test_names_with_brackets_and_blanks_do_not_confuse_the_start_time(tmp_path):
    program = tmp_path / "a) b ("
    program.symlink_to("/bin/sleep")
    child = subprocess.Popen([program, "60"])
    try:
        assert procid.start_time(child.pid) == process_id(child.pid).start
        assert process_id(child.pid).start >= process_id().start
    finally:
        child.kill()
        child.wait()
