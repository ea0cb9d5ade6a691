"""A commissioning as the page shows it, in the language of whoever asks."""

from __future__ import annotations

from openress.install.commissioning import Check, Step, row_line, switch_rows
from openress.install.commissionrun import CommissionRun
from openress.install.dip import switch_of
from openress.retelling import Retelling
from openress.web.commissionheard import Heard, Source
from openress.web.commissionmodels import (
    Asks,
    CommissioningAnswer,
    CommissioningPart,
    DonePart,
    PresentPart,
    StepPart,
    SwitchPart,
)

__all__ = ["answer_of"]


def answer_of(
    run: CommissionRun | None, heard: Heard, wait_left_s: float | None, retelling: Retelling
) -> CommissioningAnswer:
    """How far it is.

    Args:
        run: the commissioning; `None` where none was begun.
        heard: what the packs tell now.
        wait_left_s: how long the breakers stay off yet; `None` before they are.
        retelling: into the reader's language.
    """
    if run is None:
        return CommissioningAnswer(source=heard.source, commissioning=None)
    part = _part(run, heard, wait_left_s)
    return _told(CommissioningAnswer(source=heard.source, commissioning=part), part, retelling)


def _part(run: CommissionRun, heard: Heard, left_s: float | None) -> CommissioningPart:
    log, step = run.log, run.present
    done = {key: DonePart(at=one.at, found=one.found, override=one.override) for key, one in log.done.items()}
    return CommissioningPart(
        product=log.product,
        battery=run.product.title,
        inverter_key=run.inverter.key,
        inverter=run.inverter.title,
        packs=log.packs,
        site=log.site,
        scheme=log.scheme,
        rehearsal=log.rehearsal,
        steps=[StepPart(key=one.key, title=one.title, done=done.get(one.key)) for one in run.steps],
        present=None if step is None else _present(run, step, heard, left_s),
        part_numbers=[log.part_numbers.get(pack) for pack in range(1, log.packs + 1)],
        signed_by=log.signed_by,
        signed_at=log.signed_at,
    )


def _present(run: CommissionRun, step: Step, heard: Heard, left_s: float | None) -> PresentPart:
    log, sets = run.log, step.check is Check.SWITCHES
    known = sets and (run.product.address_switch is not None or log.scheme is not None)
    rows = switch_rows(switch_of(run.product, log.packs, log.scheme), log.packs) if known else []
    pictured = {row_line(number, row) for number, row in rows}
    against = [(at, sentence) for at, key, sentence in log.refusals if key == step.key]
    refused_at = against[-1][0] if against else None
    return PresentPart(
        key=step.key,
        number=run.steps.index(step) + 1,
        title=step.title,
        lines=[line for line in step.lines if line not in pictured],
        asks=_asks(step.check, live=heard.source is not Source.NONE),
        check=step.check,
        pack=step.pack,
        may_override=run.may_override(step),
        switches=[SwitchPart(pack=number, address=row.address, positions=list(row.positions)) for number, row in rows],
        wait_s=run.address_wait_s if sets else None,
        wait_left_s=left_s if sets else None,
        refused_at=refused_at,
        refusals=list(dict.fromkeys(sentence for at, sentence in against if at == refused_at)),
    )


def _asks(check: Check, *, live: bool) -> Asks:
    match check:
        case Check.PART_NUMBERS:
            return Asks.PART_NUMBERS
        case Check.SWITCHES:
            return Asks.SWITCHES
        case Check.GATE:
            return Asks.JUDGE
        case Check.CONFIRM:
            return Asks.CONFIRM
        case Check.ALONE:
            return Asks.LOOK if live else Asks.VALUES
        case Check.RACK | Check.CHARGE | Check.DISCHARGE:
            return Asks.LOOK if live else Asks.CONFIRM


def _told(answer: CommissioningAnswer, part: CommissioningPart, retelling: Retelling) -> CommissioningAnswer:
    """In the reader's language; a reason stays as somebody wrote it."""
    steps = [
        step.model_copy(
            update={
                "title": retelling.told(step.title),
                "done": step.done and step.done.model_copy(update={"found": retelling.told(step.done.found)}),
            }
        )
        for step in part.steps
    ]
    texts = [step.title for step in part.steps]
    # What was found of the labels is nobody's sentence.
    texts += [step.done.found for step in part.steps if step.done and step.key != "part-numbers"]
    present = part.present
    if present is not None:
        texts += [*present.lines, *present.refusals]
        present = present.model_copy(
            update={
                "title": retelling.told(present.title),
                "lines": [retelling.told(line) for line in present.lines],
                "refusals": [retelling.told(sentence) for sentence in present.refusals],
            }
        )
    told = part.model_copy(update={"steps": steps, "present": present})
    return answer.model_copy(
        update={
            "commissioning": told,
            "language": retelling.wording.language,
            "untranslated": retelling.lacking(texts),
        }
    )
