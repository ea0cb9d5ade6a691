"""Routes that connect: ports, the connection, scanning, and the jobs that run on the line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Depends, HTTPException, Path
from fastapi.responses import StreamingResponse

from openress.catalog import load_product, product_names
from openress.errors import ParameterError
from openress.names import hint
from openress.params import Access
from openress.ports import SerialLink, TcpLink, parse_link, serial_ports
from openress.protocols import DIALECTS
from openress.rack.probing import BAUDS, readable
from openress.rack.session import Author
from openress.retelling import Retelling
from openress.servicing.desk import Desk
from openress.servicing.jobs import Job
from openress.servicing.line import Wanted
from openress.servicing.scanning import begin_scan
from openress.web.caller import Require
from openress.web.problems import ANSWERS
from openress.web.retold import told_job
from openress.web.servicemodels import Choices, ConnectionAnswer, ConnectRequest, JobAnswer, PortAnswer, ScanRequest
from openress.web.speaking import TOLD, TOLD_HEADERS, Retold, told_headers

__all__ = ["make_connect_router"]

SETTLES_S = 1.5
"""So long an answer waits for a port that is being opened."""
_LOOK_S = 0.05
BEGUN: dict[int | str, dict[str, Any]] = {202: TOLD[200]}
"""Of routes that begin a job."""
JobNumber: TypeAlias = Annotated[int, Path(ge=1, le=2**31)]


def make_connect_router(desk: Desk, require: Require) -> APIRouter:
    """The routes.

    Args:
        desk: does what is asked.
        require: see `openress.web.caller`.
    """
    routes = APIRouter(prefix="/api", responses=ANSWERS, tags=["connection"])
    _connection(routes, desk, require)
    _jobs(routes, desk, require)
    return routes


def _connection(routes: APIRouter, desk: Desk, require: Require) -> None:
    viewer, operator = Depends(require(Access.VIEWER)), Depends(require(Access.OPERATOR))

    @routes.get("/ports", summary="Serial ports that are plugged in now", dependencies=[viewer])
    async def _ports() -> list[PortAnswer]:
        found = await asyncio.to_thread(serial_ports)
        return [
            PortAnswer(
                device=port.device,
                stable_device=port.stable_device,
                description=port.description,
                link=f"serial:{port.stable_device}",
            )
            for port in found
        ]

    @routes.get("/connection/choices", summary="Dialects, batteries and speeds to choose from", dependencies=[viewer])
    async def _choices() -> Choices:
        products = [load_product(key) for key in product_names()]
        return Choices.model_validate(
            {
                "dialects": [{"name": name, "title": DIALECTS[name].title} for name in readable()],
                "products": [
                    {"key": product.key, "title": product.title, "cells": product.cells_in_series}
                    for product in products
                ],
                "bauds": sorted(BAUDS),
            }
        )

    @routes.get("/connection", summary="How the connection to the packs stands", dependencies=[viewer])
    async def _now() -> ConnectionAnswer:
        return ConnectionAnswer.model_validate(desk.lines.connection())

    @routes.post("/connection", summary="Connect a serial port, a TCP adapter or the virtual rack")
    async def _connect(wanted: ConnectRequest, _: Author = operator) -> ConnectionAnswer:
        desk.jobs.require_free()
        _require_known(wanted.product)
        _require_each_once(wanted.addresses or [])
        link = None if wanted.link is None else _link(wanted.link, wanted.baud)
        await desk.lines.connect(
            Wanted(
                link,
                wanted.dialect,
                wanted.product,
                wanted.packs,
                None if wanted.addresses is None else tuple(wanted.addresses),
            )
        )
        desk.forget()
        return await _settled(desk)

    @routes.delete("/connection", summary="Disconnect; the packs are not asked any more")
    async def _disconnect(_: Author = operator) -> ConnectionAnswer:
        desk.jobs.require_free()
        await desk.lines.disconnect()
        desk.forget()
        return ConnectionAnswer.model_validate(desk.lines.connection())

    @routes.post("/scan", summary="Find out who is on a line", status_code=202, responses=BEGUN)
    async def _scan(wanted: ScanRequest, retelling: Retold, who: Author = operator) -> JobAnswer:
        _require_known(wanted.product)
        job = begin_scan(
            desk,
            None if wanted.link is None else _link(wanted.link),
            who,
            dialects=wanted.dialects,
            bauds=wanted.bauds,
            numbers=wanted.addresses,
            product=wanted.product,
            thorough=wanted.thorough,
        )
        return answer(job, retelling)


def _link(text: str, baud: int | None = None) -> str:
    """A link that may be connected from a page: nothing is made for it on this computer.

    Raises:
        ParameterError: another one.
    """
    try:
        link = parse_link(text)
    except ParameterError as error:
        # What only a program can be started with is not offered here.
        if "pty:" in str(error) or "tcp-listen:" in str(error):
            raise _elsewhere(text) from error
        raise
    if not isinstance(link, SerialLink | TcpLink):
        raise _elsewhere(text)
    return str(replace(link, baud=baud)) if isinstance(link, SerialLink) and baud is not None else str(link)


def _elsewhere(text: str) -> ParameterError:
    return ParameterError(
        f"{text!r} cannot be connected from here: write serial:PORT, such as serial:/dev/ttyUSB0, or tcp://HOST:PORT."
    )


def _require_each_once(addresses: Sequence[int]) -> None:
    twice = next((address for place, address in enumerate(addresses) if address in addresses[:place]), None)
    if twice is not None:
        raise ParameterError(f"Pack {twice} is named twice among the addresses: name each pack once.")


def _require_known(product: str | None) -> None:
    """Refuse what is no product of the catalogue; files are for who starts the program.

    Raises:
        ParameterError: it is none.
    """
    if product is not None and product not in product_names():
        raise ParameterError(f"There is no battery product {product}; {hint(product, product_names())}")


async def _settled(desk: Desk) -> ConnectionAnswer:
    """The connection once its port is open, or cannot be opened; or as it is after a while."""
    for _ in range(int(SETTLES_S / _LOOK_S)):
        if desk.lines.connection()["state"] != "opening":
            break
        await asyncio.sleep(_LOOK_S)
    return ConnectionAnswer.model_validate(desk.lines.connection())


def answer(job: Job, retelling: Retelling) -> JobAnswer:
    """A job as it is now."""
    return JobAnswer.model_validate(told_job(job.as_json(), retelling))


def _jobs(routes: APIRouter, desk: Desk, require: Require) -> None:
    viewer, operator = Depends(require(Access.VIEWER)), Depends(require(Access.OPERATOR))

    def found(number: int) -> Job:
        job = desk.jobs.find(number)
        if job is None:
            raise HTTPException(404, f"There is no job {number}; the newest are under /api/jobs.")
        return job

    @routes.get(
        "/jobs", summary="Jobs of late, newest first, without their results", dependencies=[viewer], responses=TOLD
    )
    async def _all(retelling: Retold) -> list[JobAnswer]:
        return [answer(job, retelling).model_copy(update={"result": None}) for job in desk.jobs.all()]

    @routes.get("/jobs/{number}", summary="A job", dependencies=[viewer], responses=TOLD)
    async def _one(number: JobNumber, retelling: Retold) -> JobAnswer:
        return answer(found(number), retelling)

    @routes.get(
        "/jobs/{number}/stream",
        summary="A job each time it changes, until it has ended, as server-sent events",
        dependencies=[viewer],
        response_class=StreamingResponse,
        responses={
            200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "headers": dict(TOLD_HEADERS)}
        },
    )
    async def _stream(number: JobNumber, retelling: Retold) -> StreamingResponse:
        job = found(number)

        async def lines() -> AsyncIterator[str]:
            async for state in desk.jobs.watch(job):
                data = json.dumps(told_job(state, retelling), separators=(",", ":"))
                yield f"event: job\ndata: {data}\n\n"

        headers = {"Cache-Control": "no-store", **told_headers(retelling.wording)}
        return StreamingResponse(lines(), media_type="text/event-stream", headers=headers)

    @routes.post("/jobs/{number}/stop", summary="Stop a job; what it has half done is put back", responses=TOLD)
    async def _stop(number: JobNumber, retelling: Retold, who: Author = operator) -> JobAnswer:
        job = found(number)
        if job is desk.jobs.current:
            job.note(f"{who.name} asked it to stop.")
        desk.jobs.stop(job)
        return answer(job, retelling)
