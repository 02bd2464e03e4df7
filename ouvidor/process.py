"""One process: the services that it was told to run, their signs of life, and a clean end.

A task that ends or raises is started again after a growing pause, and disturbs no other service. A stage that finds
itself misconfigured ends the process, with one readable line.
"""

import asyncio
import signal
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from importlib.metadata import EntryPoint
from random import uniform

import structlog
from aiokafka.errors import KafkaError

from ouvidor import metrics
from ouvidor.entry_points import load, offered
from ouvidor.errors import Misconfigured, OuvidorError, Unavailable
from ouvidor.health import Heart, Pulse
from ouvidor.schema_registry.keeping import keep_registered
from ouvidor.schema_registry.marks import Marks
from ouvidor.service import Service, Stage, Task
from ouvidor.settings import Settings
from ouvidor.stage import StageRunner
from ouvidor.topics import Topics
from ouvidor.tracing import Tracer

__all__ = ["find_services", "rooms", "run_services"]

_log = structlog.get_logger(__name__)
_PAUSES = (1, 2, 5, 10, 30)
_STOP_SECONDS = 10.0
_PULSE_SECONDS = 5.0
_REGISTRY_SECONDS = 5.0


def rooms() -> dict[str, Callable[[Settings], list[Service]]]:
    """Give the rooms that are installed: by name, what they offer."""
    return {name: _offer(entry) for name, entry in offered("ouvidor.stages").items()}


def _offer(entry: EntryPoint) -> Callable[[Settings], list[Service]]:
    def services(settings: Settings) -> list[Service]:
        found: list[Service] = load(entry)(settings)
        return found

    return services


def find_services(settings: Settings, names: Sequence[str]) -> list[Service]:
    """Give the services of these names: a room (`ingest`), or one of a room (`ingest.http`).

    Raises `Misconfigured` that tells the known names.
    """
    known = rooms()
    found: dict[str, Service] = {}
    for name in names:
        room, _, one = name.partition(".")
        if room not in known:
            raise Misconfigured(f"{name}: no such service; rooms are {', '.join(known)}")
        offered = {service.name: service for service in known[room](settings)}
        if one and one not in offered:
            raise Misconfigured(f"{name}: no such service; {room} has {', '.join(sorted(offered)) or 'none'}")
        found.update({each: service for each, service in offered.items() if not one or each == one})
    return list(found.values())


async def run_services(
    settings: Settings,
    services: Iterable[Service],
    *,
    instance: str,
    on_ready: Callable[[], None] = lambda: None,
    on_pulse: Callable[[Pulse], None] = lambda _: None,
    on_stop: Callable[[], None] = lambda: None,
    watch: Callable[[Pulse], AbstractAsyncContextManager[object]] | None = None,
    tracer: Tracer | None = None,
) -> None:
    """Run services until SIGTERM or SIGINT. Raises `Misconfigured` where a stage cannot go on.

    `on_ready` is called once, when all are ready; `on_pulse` every few seconds; `on_stop` when the end begins. `watch`
    opens what shows the pulse.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    pulse = Pulse()
    faults: list[Misconfigured] = []

    def misconfigured(error: Misconfigured) -> None:
        faults.append(error)
        stop.set()

    runners: list[StageRunner] = []
    tasks: list[asyncio.Task[None]] = []
    marks, registry = Marks(Topics(settings.kafka.prefix)), settings.kafka.schema_registry
    if registry is not None:
        registering = keep_registered(registry, settings.kafka.prefix, marks)
        tasks.append(asyncio.create_task(registering, name="schema-registry"))
        await asyncio.wait(tasks, timeout=_REGISTRY_SECONDS)  # what is there at once marks the first record too
    async with watch(pulse) if watch is not None else AsyncExitStack():
        try:
            for service in services:
                heart = pulse.heart(service.name)
                if isinstance(service, Stage):
                    runner = StageRunner(
                        service,
                        settings,
                        heart,
                        instance=instance,
                        on_misconfigured=misconfigured,
                        tracer=tracer,
                        marks=marks,
                    )
                    runners.append(runner)
                    tasks.append(asyncio.create_task(_start(runner, heart, stop, misconfigured), name=service.name))
                else:
                    tasks.append(asyncio.create_task(_keep(service, heart), name=service.name))
            tasks.append(asyncio.create_task(_tell(pulse, on_ready, on_pulse), name="pulse"))
            await stop.wait()
            on_stop()
            _log.info("stopping")
        finally:
            for task in tasks:
                task.cancel()
            try:
                async with asyncio.timeout(_STOP_SECONDS):
                    await asyncio.gather(*tasks, *(runner.stop() for runner in runners), return_exceptions=True)
            except TimeoutError:  # what is open is aborted by the broker, or by who takes the fence next
                _log.warning("not all ended in time", seconds=_STOP_SECONDS)
    if faults:
        raise faults[0]


async def _start(
    runner: StageRunner, heart: Heart, stop: asyncio.Event, misconfigured: Callable[[Misconfigured], None]
) -> None:
    """Start a stage, again and again while the broker is away, and anew where its consumer is worn."""
    for pause in _growing():
        if stop.is_set():
            return
        try:
            await runner.start()
        except Misconfigured as error:
            misconfigured(error)
            return
        except Exception as error:  # noqa: BLE001 - whatever it was, it is told and tried again
            words = str(error) if isinstance(error, OuvidorError) else type(error).__name__
            if isinstance(error, Unavailable | KafkaError | OSError):
                heart.trouble = words  # to start this process anew would not bring the broker back, and closes the form
            else:
                heart.wait(words)
            _log.warning("stage cannot start", stage=runner.stage.name, error=type(error).__name__)
        else:
            await runner.worn()
            _log.warning("consumer is made anew", stage=runner.stage.name)
        await runner.stop()
        await asyncio.sleep(pause)


async def _keep(task: Task, heart: Heart) -> None:
    """Run a task, and start it again when it ends."""
    for pause in _growing():
        try:
            await task.run(heart)
            _log.warning("task ended", task=task.name, again_in_seconds=pause)
        except OuvidorError as error:
            heart.wait(str(error))
            _log.warning("task failed", task=task.name, error=type(error).__name__, reason=str(error))
        except Exception as error:  # noqa: BLE001 - whatever it was, it is told and the task is started again
            heart.wait(type(error).__name__)
            _log.exception("task failed unforeseen", task=task.name, error=type(error).__name__)
        await asyncio.sleep(pause)


def _growing() -> Iterable[float]:
    """Pauses that grow, with jitter, so that what failed together does not come back together."""
    for pause in _PAUSES:
        yield uniform(pause / 2, pause)  # noqa: S311 - no secret
    while True:
        yield uniform(_PAUSES[-1] / 2, _PAUSES[-1])  # noqa: S311 - the same


async def _tell(pulse: Pulse, on_ready: Callable[[], None], on_pulse: Callable[[Pulse], None]) -> None:
    told = False
    while True:
        ready = pulse.ready
        metrics.PROCESS_READY.set(ready)
        metrics.PROCESS_ALIVE.set(pulse.alive)
        if ready and not told:
            told = True
            on_ready()
            _log.info("ready", services=[heart.name for heart in pulse.hearts])
        on_pulse(pulse)
        await asyncio.sleep(_PULSE_SECONDS if told else 0.1)
