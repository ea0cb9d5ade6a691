"""Routes on one pack: its settings, system settings, inverter protocols and records, read and changed as jobs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Response

from openress.params import Access
from openress.protocols.access import Control
from openress.rack.session import Author
from openress.servicing.desk import Desk
from openress.servicing.orders import Choice
from openress.servicing.settings import KnownPack
from openress.web.caller import Require
from openress.web.connect import BEGUN, answer
from openress.web.problems import ANSWERS
from openress.web.retold import told_table
from openress.web.servicemodels import (
    ChangeEntry,
    CheckAnswer,
    ClockRequest,
    CloneRequest,
    HarmlessControl,
    JobAnswer,
    LimiterRequest,
    LogsAnswer,
    LogsRequest,
    OnRequest,
    ProtocolRequest,
    RestoreRequest,
    SwitchRequest,
    SystemAnswer,
    TableAnswer,
    TypedControl,
    ValuesRequest,
    WriteRequest,
)
from openress.web.speaking import TOLD, Retold, Spoken

__all__ = ["make_service_router"]

Pack: TypeAlias = Annotated[int, Path(ge=0, le=255, description="Number of the pack; 1 is the master.")]
MOST_CHANGES = 1000


def make_service_router(desk: Desk, require: Require) -> APIRouter:
    """The routes.

    Args:
        desk: does what is asked.
        require: see `openress.web.caller`.
    """

    def there(pack: Pack) -> None:
        found = desk.no_such(pack)
        if found is not None:
            raise HTTPException(404, found)

    routes = APIRouter(prefix="/api", responses=ANSWERS, tags=["service"])
    of_pack = APIRouter(prefix="/packs/{pack}", dependencies=[Depends(there)])
    _settings(of_pack, desk, require)
    _changes(of_pack, desk, require)
    _system(of_pack, desk, require)
    _logs(of_pack, desk, require)
    routes.include_router(of_pack)
    _past(routes, desk, require)
    return routes


def _settings(routes: APIRouter, desk: Desk, require: Require) -> None:
    viewer, operator = Depends(require(Access.VIEWER)), Depends(require(Access.OPERATOR))

    @routes.get(
        "/parameters",
        summary="All settings as they were read last",
        dependencies=[viewer],
        responses=TOLD,
    )
    async def _table(pack: Pack, wording: Spoken, retelling: Retold) -> TableAnswer:
        return TableAnswer.model_validate(told_table(desk.table(pack, wording), retelling))

    @routes.post(
        "/parameters/read",
        summary="Read all settings of a pack",
        status_code=202,
        responses=BEGUN,
    )
    async def _read(pack: Pack, retelling: Retold, who: Author = operator) -> JobAnswer:
        return answer(desk.read(pack, who), retelling)

    @routes.post(
        "/parameters/plan",
        summary="What a change would do, and all that is wrong with it; asks nobody",
        dependencies=[viewer],
        responses=TOLD,
    )
    async def _plan(pack: Pack, wanted: ValuesRequest, wording: Spoken) -> CheckAnswer:
        return CheckAnswer.model_validate(desk.check(pack, wanted.values, wording))


def _changes(routes: APIRouter, desk: Desk, require: Require) -> None:
    installer = Depends(require(Access.INSTALLER))

    @routes.post(
        "/parameters/write",
        summary="Write settings, all of them or none",
        status_code=202,
        responses=BEGUN,
    )
    async def _write(pack: Pack, wanted: WriteRequest, retelling: Retold, who: Author = installer) -> JobAnswer:
        return answer(desk.write(pack, wanted.values, wanted.shown, who), retelling)

    @routes.post(
        "/parameters/restore",
        summary="Back to the factory settings",
        status_code=202,
        responses=BEGUN,
    )
    async def _restore(pack: Pack, wanted: RestoreRequest, retelling: Retold, who: Author = installer) -> JobAnswer:
        return answer(desk.restore(pack, wanted.keys, who), retelling)

    @routes.post(
        "/parameters/undo",
        summary="Take back the last change made from here",
        status_code=202,
        responses=BEGUN,
    )
    async def _undo(pack: Pack, retelling: Retold, who: Author = installer) -> JobAnswer:
        return answer(desk.undo(pack, who), retelling)

    @routes.post(
        "/parameters/clone",
        summary="Write the settings into other packs",
        status_code=202,
        responses=BEGUN,
    )
    async def _clone(pack: Pack, wanted: CloneRequest, retelling: Retold, who: Author = installer) -> JobAnswer:
        return answer(desk.clone(pack, wanted.to, who), retelling)

    @routes.post(
        "/parameters/recover",
        summary="Take up changes that never ended",
        status_code=202,
        responses=BEGUN,
    )
    async def _recover(pack: Pack, retelling: Retold, who: Author = installer) -> JobAnswer:
        return answer(desk.recover(pack, who), retelling)


def _system(routes: APIRouter, desk: Desk, require: Require) -> None:
    viewer, operator = Depends(require(Access.VIEWER)), Depends(require(Access.OPERATOR))
    installer = Depends(require(Access.INSTALLER))

    @routes.get("/system", summary="System settings as they were read last", dependencies=[viewer])
    async def _known(pack: Pack) -> SystemAnswer:
        known = desk.known(pack)
        if known is None or known.settings is None:
            raise HTTPException(404, f"The system settings of pack {pack} were not read yet: read them first.")
        return SystemAnswer.model_validate(known.settings)

    @routes.post(
        "/system/read",
        summary="Read system settings and inverter protocols",
        status_code=202,
        responses=BEGUN,
    )
    async def _read(pack: Pack, retelling: Retold, who: Author = operator) -> JobAnswer:
        return answer(desk.read_system(pack, who), retelling)

    @routes.post(
        "/controls/{control}",
        summary="Switch something harmless of a pack",
        status_code=202,
        responses=BEGUN,
    )
    async def _control(
        pack: Pack, control: HarmlessControl, wanted: OnRequest, retelling: Retold, who: Author = operator
    ) -> JobAnswer:
        return answer(desk.switch(pack, Control(control), on=wanted.on, forced=False, typed=None, who=who), retelling)

    @routes.post(
        "/switches/{control}",
        summary="Open or close a pack, or shut it down",
        status_code=202,
        responses=BEGUN,
    )
    async def _switch(
        pack: Pack, control: TypedControl, wanted: SwitchRequest, retelling: Retold, who: Author = installer
    ) -> JobAnswer:
        job = desk.switch(pack, Control(control), on=wanted.on, forced=wanted.forced, typed=wanted.typed, who=who)
        return answer(job, retelling)

    @routes.post("/clock", summary="Set the clock of a pack", status_code=202, responses=BEGUN)
    async def _clock(pack: Pack, wanted: ClockRequest, retelling: Retold, who: Author = operator) -> JobAnswer:
        return answer(desk.set_clock(pack, wanted.set, who), retelling)

    @routes.post(
        "/limiter",
        summary="Set from which charge current a limiter comes in",
        status_code=202,
        responses=BEGUN,
    )
    async def _limiter(pack: Pack, wanted: LimiterRequest, retelling: Retold, who: Author = installer) -> JobAnswer:
        return answer(desk.set_limiter(pack, wanted.start_a, who), retelling)

    @routes.post(
        "/protocol",
        summary="Choose the inverter protocols of a pack",
        status_code=202,
        responses=BEGUN,
    )
    async def _protocol(pack: Pack, wanted: ProtocolRequest, retelling: Retold, who: Author = installer) -> JobAnswer:
        return answer(desk.choose(pack, Choice(wanted.can, wanted.rs485, wanted.automatic), who), retelling)


def _logs(routes: APIRouter, desk: Desk, require: Require) -> None:
    viewer, operator = Depends(require(Access.VIEWER)), Depends(require(Access.OPERATOR))

    def found(pack: int) -> KnownPack:
        known = desk.known(pack)
        if known is None or known.records is None:
            raise HTTPException(404, f"The records of pack {pack} were not read yet: read them first.")
        return known

    @routes.get("/logs", summary="Records as they were read last, newest first", dependencies=[viewer])
    async def _records(pack: Pack) -> LogsAnswer:
        return LogsAnswer.model_validate(found(pack).records)

    @routes.get(
        "/logs.csv",
        summary="The same as a table that a spreadsheet opens without carrying anything out",
        dependencies=[viewer],
        response_class=Response,
        responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    )
    async def _csv(pack: Pack) -> Response:
        records = found(pack).records or {}
        name = f'attachment; filename="pack-{pack}-records.csv"'
        return Response(records["csv"], media_type="text/csv", headers={"Content-Disposition": name})

    @routes.post("/logs/read", summary="Read the records of a pack", status_code=202, responses=BEGUN)
    async def _read(pack: Pack, wanted: LogsRequest, retelling: Retold, who: Author = operator) -> JobAnswer:
        return answer(desk.read_logs(pack, wanted.limit, who), retelling)

    @routes.delete("/logs", summary="Clear the view; the pack keeps its records", status_code=204)
    async def _clear(pack: Pack, _: Author = operator) -> None:
        desk.clear_logs(pack)


def _past(routes: APIRouter, desk: Desk, require: Require) -> None:
    @routes.get(
        "/journal", summary="Who changed what from here, newest first", dependencies=[Depends(require(Access.VIEWER))]
    )
    async def _journal(
        pack: Annotated[int | None, Query(ge=0, le=255)] = None,
        serial: Annotated[str | None, Query(max_length=64)] = None,
        limit: Annotated[int, Query(ge=1, le=MOST_CHANGES)] = 100,
    ) -> list[ChangeEntry]:
        changes = [
            change
            for change in await desk.lines.journal()
            if pack in (None, change.pack) and serial in (None, change.serial)
        ]
        return [ChangeEntry.model_validate(asdict(change)) for change in reversed(changes[-limit:])]
