import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("key", ['"abcdefgh\\000"', '"\\377\\376abcdefgh"', "x" * 5000, "a;b", ""])
def test_a_cookie_that_cannot_be_ours_is_no_session(client, key):
    page = client.get("/", headers={"Cookie": f"sessionid={key}"})
    assert page.status_code == 200
    assert page.wsgi_request.session.session_key is None
