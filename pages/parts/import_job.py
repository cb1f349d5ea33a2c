"""Loading in the background: how far it is, and a button to give it up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

import streamlit as st

from pages.parts.frame import Frame

JOB = "import_job"
SOON = 1.0  # seconds that a load may take without showing how far it is
EVERY = 0.5  # seconds between two looks

Progress = Callable[[str, float], object]
Task = Callable[[Progress, threading.Event], Any]


class Job:
    """Tasks done one after the other in a thread of their own. names: what each works on."""

    def __init__(self, tasks: Sequence[tuple[str, Task]]) -> None:
        self.names = [name for name, _ in tasks]
        self.stop = threading.Event()
        self.number, self.step, self.share = 0, "read", 0.0
        worker = ThreadPoolExecutor(max_workers=1)
        self.futures: list[Future] = [worker.submit(self._one, number, task) for number, (_, task) in enumerate(tasks)]
        worker.shutdown(wait=False)

    def _one(self, number: int, task: Task) -> Any:
        self.number, self.step, self.share = number, "read", 0.0
        return task(self._tell, self.stop)

    def _tell(self, step: str, share: float) -> None:
        self.step, self.share = step, share

    def cancel(self) -> None:
        """Gives up what runs, and what has not begun."""
        self.stop.set()
        for future in self.futures:
            future.cancel()

    @property
    def finished(self) -> bool:
        """Whether all tasks are done or given up."""
        return all(future.done() for future in self.futures)

    @property
    def progress(self) -> float:
        """The share of all tasks that is done."""
        return min(1.0, (self.number + self.share) / max(1, len(self.names)))

    def done(self) -> list[tuple[str, Any]]:
        """(name, what came of it: a result or an error) of every task that was begun."""
        begun = [(name, each) for name, each in zip(self.names, self.futures, strict=True) if not each.cancelled()]
        return [(name, each.exception() or each.result()) for name, each in begun]


def start(tasks: Sequence[tuple[str, Task]]) -> None:
    """Begins to load; what is quick is waited for."""
    job = st.session_state[JOB] = Job(tasks)
    wait(job.futures, SOON)


def running() -> Job | None:
    """The job of this session, finished or not."""
    return st.session_state.get(JOB)


def watch(here: Frame) -> None:
    """Shows how far the job is until it is finished."""

    @st.fragment(run_every=EVERY)
    def shown() -> None:
        job = running()
        if job is None or job.finished:
            st.rerun()
        said = here.t("import.stopping") if job.stop.is_set() else here.t(f"import.step_{job.step}")
        st.progress(job.progress, text=here.t("import.progress", file=job.names[job.number], step=said))
        st.button(here.t("import.cancel"), key="import_cancel", on_click=job.cancel, disabled=job.stop.is_set())

    shown()
