import psycopg
import pytest
from django.db import connection
from django.test import Client

from config.database import has_ended


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_ended_is_replaced_before_it_is_used():
    connection.ensure_connection()
    assert has_ended() is False
    first = connection.connection.info.backend_pid
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
    assert has_ended() is True
    assert Client().get("/readyz").status_code == 200
    assert connection.connection.info.backend_pid != first


@pytest.mark.django_db
def test_looking_costs_no_statement(django_assert_num_queries):
    connection.ensure_connection()
    with django_assert_num_queries(0):
        Client().get("/healthz")
