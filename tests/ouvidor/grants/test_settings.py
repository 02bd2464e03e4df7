"""The section `grants`: names of principals, and quotas."""

import pytest
from pydantic import ValidationError

from ouvidor.errors import Misconfigured
from ouvidor.grants.settings import DepartmentGrants, Grants, Quotas, check, principal_of, quotas_of


def test_a_department_has_the_name_of_the_pattern_or_its_own():
    grants = Grants(department="User:{department}.kafka", departments={"saude": DepartmentGrants(principal="User:sus")})
    assert principal_of(grants, "obras") == "User:obras.kafka"
    assert principal_of(grants, "saude") == "User:sus"


@pytest.mark.parametrize(
    "given",
    [
        {"department": "User:everybody"},  # all departments would be one
        {"department": "User:{name}"},
        {"department": "{department}"},
        {"department": "User:{department"},
        {"own": "User:*"},  # Kafka's word for everybody
        {"own": "User:{department}"},
        {"departments": {"saude": {"principal": "User:*"}}},
        {"departments": {"saude": {"principal": "saude"}}},
        {"quotas": {"produce": 10}},  # nobody could write a single reply
        {"quotas": {"requests": 0}},
    ],
)
def test_what_would_grant_to_everybody_or_nobody_is_refused(given: dict[str, object]):
    with pytest.raises(ValidationError):
        Grants.model_validate(given)


def test_quotas_are_everybodys_but_for_what_a_department_has_of_its_own():
    grants = Grants(
        quotas=Quotas(produce=2048, consume=4096, requests=None),
        departments={"saude": DepartmentGrants.model_validate({"consume": 8192, "produce": None})},
    )
    assert quotas_of(grants, "obras") == {"producer_byte_rate": 2048.0, "consumer_byte_rate": 4096.0}
    assert quotas_of(grants, "saude") == {"consumer_byte_rate": 8192.0}


def test_a_department_that_there_is_not_is_named():
    grants = Grants(departments={"saúde": DepartmentGrants()})
    with pytest.raises(
        Misconfigured, match=r"grants\.departments: saúde: there is no such department; known are saude"
    ):
        check(grants, ["saude"], [])


def test_two_with_one_principal_are_named():
    grants = Grants(departments={"saude": DepartmentGrants(principal="User:dept-obras")})
    with pytest.raises(Misconfigured, match=r"obras and saude have one principal, User:dept-obras"):
        check(grants, ["saude", "obras"], [])
    with pytest.raises(Misconfigured, match=r"saude and a room of ours have one principal"):
        check(grants, ["saude"], ["User:dept-obras"])
