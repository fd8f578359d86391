"""Whom Marrow may ask."""

from __future__ import annotations

import pytest

from service.security.outbound import FhirBase, allowed, parse_base, same_origin


def base(url: str) -> FhirBase:
    parsed = parse_base(url)
    assert parsed is not None
    return parsed


LISTED = (base("https://ehr.example.org/fhir"), base("http://10.0.0.5:8080/"))


@pytest.mark.parametrize(
    ("asked", "url"),
    [
        ("https://ehr.example.org/fhir", "https://ehr.example.org/fhir"),
        ("https://ehr.example.org/fhir/", "https://ehr.example.org/fhir"),
        ("HTTPS://EHR.example.org:443/fhir/R4", "https://ehr.example.org/fhir/R4"),
        ("http://10.0.0.5:8080/any", "http://10.0.0.5:8080/any"),
    ],
)
def test_a_listed_server_may_be_asked(asked: str, url: str) -> None:
    found = allowed(asked, LISTED, loopback=False)
    assert found is not None
    assert found.url == url


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "ehr.example.org/fhir",
        "//ehr.example.org/fhir",
        "http://ehr.example.org/fhir",
        "https://ehr.example.org:8443/fhir",
        "https://ehr.example.org",
        "https://ehr.example.org/fhirs",
        "https://ehr.example.org/fhir/../admin",
        "https://ehr.example.org/fhir/%2e%2e/admin",
        "https://ehr.example.org/fhir%2f..%2fadmin",
        "https://ehr.example.org/fhir\\..\\admin",
        "https://ehr.example.org/fhir?x=1",
        "https://ehr.example.org/fhir#x",
        "https://ehr.example.org/fhir;x",
        "https://user@ehr.example.org/fhir",
        "https://ehr.example.org@evil.example.org/fhir",
        "https://ehr.example.org.evil.example.org/fhir",
        "https://ehr.example.org./fhir",
        "https://ehr.example.org\t/fhir",
        "https://ehr.example.org/fhir\r\nX: y",
        "https://ｅhr.example.org/fhir",
        "https://[ehr.example.org/fhir",
        "https://ehr.example.org:port/fhir",
        "https://ehr.example.org:0/fhir",
        "file:///etc/passwd",
        "ftp://ehr.example.org/fhir",
        "http://127.0.0.1/fhir",
        "http://169.254.169.254/latest",
        "http://0x0a000005:8080/",
    ],
)
@pytest.mark.conforms("G8")
def test_any_other_address_is_refused(asked: str) -> None:
    assert allowed(asked, LISTED, loopback=False) is None


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
def test_loopback_is_allowed_where_told(host: str) -> None:
    assert allowed(f"http://{host}:40123/fhir", (), loopback=True)
    assert allowed(f"http://{host}:40123/fhir", (), loopback=False) is None


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0", "localhost.", "[::ffff:127.0.0.1]", "127.0.0.2"])
def test_other_spellings_of_loopback_are_not(host: str) -> None:
    assert allowed(f"http://{host}/fhir", (), loopback=True) is None


SERVER = base("https://ehr.example.org/fhir")


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://ehr.example.org/fhir?_getpages=1", "https://ehr.example.org/fhir?_getpages=1"),
        ("https://ehr.example.org:443/fhir/Condition?p=2", "https://ehr.example.org:443/fhir/Condition?p=2"),
        ("/fhir/Condition?p=2", "https://ehr.example.org/fhir/Condition?p=2"),
        ("?p=2", "https://ehr.example.org/fhir/Condition?p=2"),
        ("Patient/a%2Fb", "https://ehr.example.org/fhir/Patient/a%2Fb"),
        ("/fhir/Condition/_search;x?code=a|b", "https://ehr.example.org/fhir/Condition/_search;x?code=a|b"),
    ],
)
def test_a_link_inside_the_base_is_followed(link: str, url: str) -> None:
    assert same_origin(SERVER, link, seen_from="https://ehr.example.org/fhir/Condition?p=1") == url


@pytest.mark.parametrize(
    "link",
    [
        "",
        "http://ehr.example.org/fhir?p=2",
        "https://evil.example.org/fhir?p=2",
        "//evil.example.org/fhir",
        "https://ehr.example.org/admin",
        "/admin",
        "../../admin",
        "https://ehr.example.org/fhir/Patient/..",
        "Patient/%2e%2e",
        "Patient/..%2f..%2fadmin",
        "https://ehr.example.org@evil.example.org/fhir",
        "https://ehr.example.org/fhir#x",
        "https://[x/fhir",
        "\\\\evil.example.org/fhir",
        "/fhir?p=2 3",
    ],
)
@pytest.mark.conforms("E15", "G8")
def test_a_link_that_leads_out_is_not(link: str) -> None:
    if link == "":
        assert same_origin(SERVER, link) is None
    assert same_origin(SERVER, link, seen_from="https://ehr.example.org/fhir/Condition?p=1") is None


def test_a_base_keeps_an_ipv6_host_in_brackets() -> None:
    assert base("http://[::1]:8080/fhir/").url == "http://[::1]:8080/fhir"
