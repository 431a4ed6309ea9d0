"""Which addresses of repositories are taken, and that git is told exactly where to go."""

from __future__ import annotations

import pytest

from agents.exceptions import AddressRefused
from agents.workspaces.addresses import Address, is_address, options, parse_address


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://example.org/a/b.git", ("https", "example.org", 443)),
        ("https://Example.org:8443/b", ("https", "example.org", 8443)),
        ("ssh://git@example.org:2222/b.git", ("ssh", "example.org", 2222)),
        ("git@example.org:team/b.git", ("ssh", "example.org", 22)),
        ("http://[2001:db8::1]/b", ("http", "2001:db8::1", 80)),
    ],
)
def test_an_address_is_read(text, expected):
    assert is_address(text)
    found = parse_address(text)
    assert (found.scheme, found.host, found.port) == expected
    assert found.url == text


@pytest.mark.parametrize(
    "text",
    [
        "ext::sh -c 'touch x'",
        "git://example.org/x",
        "ftp://example.org/x",
        "https://user:secret@example.org/x",
        "https://token@example.org/x",
        "https://example.org",
        "https://example.org:99999/x",
        "https://-oProxyCommand=x/y",
        "ssh://-oProxyCommand=touch/x",
        "ssh://exa$(touch x)mple.org/x",
        "https://exa mple.org/x",
        "--upload-pack=touch x",
    ],
)
def test_an_address_that_is_none_or_runs_something_is_refused(text):
    with pytest.raises(AddressRefused):
        parse_address(text)


@pytest.mark.parametrize("text", ["/srv/x", "../x", "file:///srv/x", "C", "a/b:c", "~/x"])
def test_a_path_is_no_address(text):
    assert not is_address(text)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "10.0.0.8", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "::1", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "224.0.0.1",
    ],
)  # fmt: skip
def test_an_address_inside_a_private_network_is_refused(host):
    with pytest.raises(AddressRefused, match="SIGNALBOX_GIT_HOSTS"):
        options(Address(f"https://{host}/x", "https", host, 443), ())


def test_a_private_host_that_the_operator_named_is_let_through():
    for allowed in ("10.0.0.8", "10.0.0.8:443"):
        assert options(Address("https://10.0.0.8/x", "https", "10.0.0.8", 443), (allowed,))
    with pytest.raises(AddressRefused):
        options(Address("https://10.0.0.8/x", "https", "10.0.0.8", 443), ("10.0.0.8:8443",))


def test_git_is_pinned_to_what_was_looked_up_and_follows_no_redirect():
    given = options(Address("https://1.1.1.1/x", "https", "1.1.1.1", 443), ())
    assert "http.curloptResolve=1.1.1.1:443:1.1.1.1" in given
    assert "http.followRedirects=false" in given
    ssh = options(Address("git@1.1.1.1:x", "ssh", "1.1.1.1", 22), ())
    assert "HostName=1.1.1.1" in ssh[1]
    assert "ProxyCommand=none" in ssh[1]


def test_a_host_that_is_not_found_is_told():
    with pytest.raises(AddressRefused, match="was not found"):
        options(Address("https://nowhere.invalid/x", "https", "nowhere.invalid", 443), ())
