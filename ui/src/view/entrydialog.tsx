// Who are you: signing in, making the first account with the code from the console, or the password once more.

import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { know, me, reader, whoAmI, type Me } from "../access";
import { asked } from "../entry";
import { accountWords as text } from "../i18n/account";
import { serviceWords } from "../i18n/service";
import { sentenceOf } from "../jobs";
import { ask } from "../service";
import type { Said } from "../told";

export function EntryDialog() {
  const now = asked.value;
  if (now === null) return null;
  return <Asking key={now.wanted} wanted={now.wanted} settle={now.settle} />;
}

type Way = "login" | "confirm" | "claim";

function Asking({ wanted, settle }: { wanted: "login" | "confirm"; settle: (entered: boolean) => void }) {
  const place = useRef<HTMLDialogElement>(null);
  const way = useSignal<Way>(wanted === "confirm" ? "confirm" : me.peek()?.claimed === false ? "claim" : "login");
  const problem = useSignal<Said | null>(null);
  const busy = useSignal(false);
  const must = me.value !== null && me.value.role === null;
  // Who was signed in and is asked all the same: that session has ended.
  const was = useRef(reader.peek()?.name ?? null).current;
  const id = useId();
  useEffect(() => {
    const dialog = place.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const leave = () => settle(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy.value) return;
    const given = new FormData(event.currentTarget as HTMLFormElement);
    const value = (name: string) => String(given.get(name) ?? "");
    const body =
      way.value === "confirm"
        ? { password: value("password") }
        : { name: value("name"), password: value("password"), ...(way.value === "claim" ? { code: value("code").trim() } : {}) };
    busy.value = true;
    problem.value = null;
    try {
      know(await ask<Me>("POST", way.value === "confirm" ? "api/me/confirm" : `api/${way.value}`, body));
      settle(true);
    } catch (refusal) {
      problem.value = sentenceOf(refusal);
      void whoAmI();
    } finally {
      busy.value = false;
    }
  };
  const claims = way.value === "claim";
  return (
    <dialog class="ceremony entry" ref={place} aria-labelledby={id} onCancel={(event) => { event.preventDefault(); if (!must) leave(); }}>
      <form onSubmit={(event) => void submit(event)}>
        <h2 id={id}>{text.wayTitle[way.value]}</h2>
        <div class="ceremony-body">
          <p>{way.value === "confirm" ? text.confirmWhy(reader.value?.name ?? "") : way.value === "login" && was !== null ? text.ended : text.wayWhy[way.value]}</p>
          {claims ? <Input name="code" label={text.code} complete="one-time-code" /> : null}
          {way.value === "confirm" ? null : <Input name="name" label={text.name} complete="username" value={was ?? ""} />}
          <Input name="password" label={text.password} secret complete={claims ? "new-password" : "current-password"} note={claims ? text.passwordRule : ""} />
          <p class="why" role="alert" lang={problem.value?.lang ?? "en"}>{problem.value?.text}</p>
        </div>
        <div class="deed-row end">
          {me.value?.claimed === false && way.value !== "confirm" ? (
            <button type="button" onClick={() => (way.value = claims ? "login" : "claim")}>{claims ? text.haveAccount : text.haveCode}</button>
          ) : null}
          {must ? null : <button type="button" onClick={leave}>{serviceWords.cancel}</button>}
          <button type="submit" class="main" aria-disabled={busy.value ? "true" : undefined}>{text.wayVerb[way.value]}</button>
        </div>
      </form>
    </dialog>
  );
}

export function Input(props: { name: string; label: string; complete: string; secret?: boolean; note?: string; value?: string }) {
  const id = useId();
  const rest = { id, name: props.name, autocomplete: props.complete as "on", autocapitalize: "none", spellcheck: false, required: true } as const;
  return (
    <p class="field">
      <label for={id}>{props.label}</label>
      {props.secret ? <input type="password" {...rest} /> : <input type="text" {...rest} defaultValue={props.value ?? ""} />}
      {props.note ? <small>{props.note}</small> : null}
    </p>
  );
}
