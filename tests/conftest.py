"""The real servers that tests talk to: Kafka, open and with ACLs, a mail server, and brokers to break.

All tests share the session's broker, so each gives its topics and groups names of its own (`fresh_name`).
"""

import itertools
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from hashlib import sha256

import hypothesis
import pytest
import structlog

from ouvidor.local.greenmail import GreenMail
from ouvidor.local.kafka import LocalKafka
from tests.secured import SecuredKafka, secured

# What fails in a suite that is inherited, or in a helper of many tests, is told as well as what fails in a test file.
pytest.register_assert_rewrite(
    "tests.ingest.contract", "tests.ingest.pull_contract", "tests.ingest.river", "tests.sinks.contract"
)

# An example that takes long is no fault: how fast anything is, benchmarks tell.
hypothesis.settings.register_profile("ouvidor", deadline=None)
hypothesis.settings.load_profile("ouvidor")

# Whoever runs this in the background of a shell may have had these ignored, and the programs that tests start and
# interrupt would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

OwnKafka = Callable[..., Awaitable[LocalKafka]]


@pytest.fixture(scope="session")
async def kafka(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LocalKafka]:
    """The session's broker: not to be stopped, frozen or killed."""
    async with LocalKafka(tmp_path_factory.mktemp("kafka")) as broker:
        yield broker


@pytest.fixture
async def own_kafka(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OwnKafka]:
    """`await own_kafka()` starts a broker that only this test has; Kafka's settings may be given."""
    async with AsyncExitStack() as brokers:

        async def start(settings: Mapping[str, str] | None = None) -> LocalKafka:
            broker = LocalKafka(tmp_path_factory.mktemp("own-kafka"), settings=settings)
            return await brokers.enter_async_context(broker)

        yield start


@pytest.fixture(scope="session")
async def secured_kafka(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SecuredKafka]:
    """The session's broker with TLS, SCRAM and ACLs: not to be stopped, frozen or killed."""
    folder = tmp_path_factory.mktemp("secured")
    async with LocalKafka(folder / "kafka", secured=secured(folder)) as broker:
        yield SecuredKafka(broker, folder / "ca.pem")


@pytest.fixture(autouse=True)
def _forgotten_log() -> Iterator[None]:
    """A command that a test ran in this process leaves a log that writes to the test's own, closed stream."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def fresh_name(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """`fresh_name("messages")` is a name that no other test uses."""
    numbers = itertools.count(1)
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in request.node.name)[:120]
    # Tests that two classes inherit have one name: the node's id tells them apart.
    test = f"{plain}-{sha256(request.node.nodeid.encode()).hexdigest()[:8]}"
    return lambda name: f"{test}-{name}-{next(numbers)}"


@pytest.fixture(scope="session")
async def greenmail() -> AsyncIterator[GreenMail]:
    """The session's mail server, with the mailbox `ouvidoria@ouvidor.test` and some customers."""
    users = {f"{name}@ouvidor.test": f"senha-{name}" for name in ("ouvidoria", "cliente", "ana", "bruno")}
    async with GreenMail(users) as server:
        yield server
