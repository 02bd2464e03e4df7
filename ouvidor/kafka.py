"""How any Kafka client of ours reaches the broker, and how Kafka's errors become ours.

aiokafka tells every failed start as "unable to bootstrap": that the password is wrong stands in its log alone. `reach`
connects once by itself and names the reason, so that a wrong setting is not waited for as if the broker were away.
The password is given to the client and to nothing else: no error text and no log repeats these options. It knows the
settings by their shape alone (`Broker`), so that a department's program (`ouvidor.client`) need not bring them along.

Source: Apache Kafka 4.1, "Error Codes"; aiokafka 0.14, `AIOKafkaClient.bootstrap`.
"""

import ssl
from datetime import timedelta
from pathlib import Path
from socket import gaierror
from typing import Any, Protocol

from aiokafka import errors
from aiokafka.conn import collect_hosts, create_conn
from pydantic import SecretStr

from ouvidor.errors import Misconfigured, OuvidorError, Unavailable
from ouvidor.header_names import read_any_header_name

__all__ = ["Broker", "as_ours", "client_options", "reach"]

_SETTINGS_AT_FAULT = (
    errors.AuthenticationFailedError,
    errors.AuthenticationMethodNotSupported,
    errors.ClusterAuthorizationFailedError,
    errors.GroupAuthorizationFailedError,
    errors.IllegalSaslStateError,
    errors.IncompatibleBrokerVersion,
    errors.InvalidConfigurationError,
    errors.InvalidGroupIdError,
    errors.InvalidPartitionsError,
    errors.InvalidReplicationFactorError,
    errors.InvalidSessionTimeoutError,
    errors.InvalidTopicError,
    errors.InvalidTransactionTimeout,
    errors.KafkaConfigurationError,
    errors.PolicyViolationError,
    errors.SaslAuthenticationFailed,
    errors.SecurityDisabled,
    errors.TopicAuthorizationFailedError,
    errors.TransactionalIdAuthorizationFailed,
    errors.UnsupportedSaslMechanismError,
    errors.UnsupportedVersionError,
    ssl.SSLCertVerificationError,
)

_FORBIDDEN = {
    errors.ClusterAuthorizationFailedError: "",
    errors.GroupAuthorizationFailedError: "the group",
    errors.TopicAuthorizationFailedError: "the topic",
    errors.TransactionalIdAuthorizationFailed: "the transactional id",
}


class Broker(Protocol):
    """What must be known of a broker: as in the settings' section `kafka`."""

    @property
    def servers(self) -> str:
        """host:port, several by comma."""

    @property
    def security(self) -> str:
        """PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."""

    @property
    def sasl_mechanism(self) -> str:
        """How user name and password are shown."""

    @property
    def username(self) -> str | None:
        """Who we are to the broker."""

    @property
    def password(self) -> SecretStr | None:
        """Its secret."""

    @property
    def ca_file(self) -> Path | None:
        """Certificates that are trusted, PEM; none: the system's."""


def client_options(kafka: Broker) -> dict[str, Any]:
    """Give the options of an aiokafka client. Raises `Misconfigured` where settings contradict each other."""
    read_any_header_name()
    options: dict[str, Any] = {"bootstrap_servers": kafka.servers.split(","), "security_protocol": kafka.security}
    faults = []
    if kafka.security.startswith("SASL_"):
        if kafka.username is None or kafka.password is None:
            faults.append(f"kafka.security: {kafka.security} needs kafka.username and kafka.password_file")
        else:
            options |= {
                "sasl_mechanism": kafka.sasl_mechanism,
                "sasl_plain_username": kafka.username,
                "sasl_plain_password": kafka.password.get_secret_value(),
            }
    if kafka.security.endswith("SSL"):
        try:
            options["ssl_context"] = _tls(kafka)
        except Misconfigured as error:
            faults.append(str(error))
    if faults:
        raise Misconfigured("\n".join(faults))
    return options


def as_ours(error: Exception, doing: str, kafka: Broker) -> OuvidorError:
    """Name a Kafka client's error by what to do about it: `Misconfigured` where only a setting mends it."""
    if type(error) in _FORBIDDEN:
        return Misconfigured(f"{doing}: {_forbidden(error, kafka)}")
    words = f"{doing}: {type(error).__name__}: {error}"
    return Misconfigured(words) if isinstance(error, _SETTINGS_AT_FAULT) else Unavailable(words)


def _forbidden(error: Exception, kafka: Broker) -> str:
    """Name who may not do what, and who mends it. aiokafka tells what it is about as the error's only argument."""
    if isinstance(error, errors.ClusterAuthorizationFailedError):
        return f"{_who(kafka)} may not administer this broker: do this with the settings of one who may"
    what = _FORBIDDEN[type(error)]
    about = error.args[0] if error.args else ""
    names = sorted(map(str, about)) if isinstance(about, set | frozenset | list | tuple) else [str(about)] * bool(about)
    mend = "`ouvidor topics plan` shows what its administrator has to grant, `ouvidor topics apply` grants it"
    return f"the broker's ACLs do not let {_who(kafka)} use {' '.join([what, ', '.join(names)]).strip()}; {mend}"


def _who(kafka: Broker) -> str:
    return "User:ANONYMOUS" if kafka.username is None else f"User:{kafka.username}"


async def reach(kafka: Broker, within: timedelta = timedelta(seconds=5)) -> None:
    """Connect to one of the bootstrap servers, once each.

    Raises `Misconfigured` when one of them refuses us (it is not retried: a wrong password locks accounts),
    `Unavailable` when none answers within `within`.
    """
    options = client_options(kafka)
    away = []
    for host, port, _ in collect_hosts(options.pop("bootstrap_servers")):
        place = f"kafka.bootstrap: {host}:{port}"
        try:
            connection = await create_conn(
                host, port, request_timeout_ms=int(within.total_seconds() * 1000), client_id="ouvidor-reach", **options
            )
        except (OSError, TimeoutError, errors.KafkaError) as error:
            told = _refusal(error, place, kafka)
            if isinstance(told, Misconfigured):
                raise told from error
            away.append(str(told))
        else:
            connection.close()
            return
    raise Unavailable("\n".join(away))


def _refusal(error: Exception, place: str, kafka: Broker) -> OuvidorError:
    match error:
        case ssl.SSLCertVerificationError():
            return Misconfigured(f"{place}: its certificate is not trusted ({error.verify_message}); see kafka.ca_file")
        case errors.SaslAuthenticationFailed():
            return Misconfigured(
                f"{place}: SaslAuthenticationFailed: the broker does not know the user {kafka.username}, or not with "
                f"this password by {kafka.sasl_mechanism}; see kafka.username and kafka.password_file"
            )
        case gaierror():
            words = "no address is known for this name"
        case TimeoutError():
            words = "no answer in time; is it a Kafka broker, and does kafka.security fit its port?"
        case ConnectionRefusedError():
            words = "nobody listens there; is the broker running?"
        case errors.KafkaConnectionError() | ssl.SSLError() | ConnectionError():
            words = f"it hung up; does kafka.security ({kafka.security}) fit its port?"
        case OSError():
            words = error.strerror or str(error)
        case _:
            return as_ours(error, place, kafka)
    return Unavailable(f"{place}: {words}")


def _tls(kafka: Broker) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=kafka.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise Misconfigured(f"kafka.ca_file: {kafka.ca_file} holds no certificates in PEM: {error}") from error
