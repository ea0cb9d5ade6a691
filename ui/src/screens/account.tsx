// Account: who is signed in, the password, other people, tokens for programs, and who did what.

import { useSignal, type Signal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";
import { know, may, me, reader, whoAmI, type Me } from "../access";
import { deedTold } from "../audit";
import { enter } from "../entry";
import { toolClock } from "../format";
import { accountWords as text } from "../i18n/account";
import { systemWords } from "../i18n/system";
import { words } from "../i18n/words";
import { sentenceOf } from "../jobs";
import { ROLES, type Role } from "../places";
import { ask, type Told } from "../service";
import { own, spokenIn, type Said } from "../told";
import { Input } from "../view/entrydialog";
import { Ceremony, Deeds } from "../view/service";
import { Shape } from "../view/state";
import { Block } from "../view/values";

interface User {
  name: string;
  role: Role;
  made_s: number;
}

interface Token {
  id: string;
  account: string;
  role: Role;
  title: string;
  expires_s: number;
}

interface AuditEntry {
  number: number;
  at_s: number;
  who: string;
  origin: string;
  action: string;
  detail: string;
  result: string;
}

interface Audit extends Told {
  entries: AuditEntry[];
  broken_at: number | null;
}

const TOKEN = " (token)";
const AUDIT_PAGE = 50;
/** The first is what a form begins with. */
const DAYS = [90, 7, 30, 365];

export default function Account() {
  const said = useSignal<(Said & { good: boolean }) | null>(null);
  const now = reader.value;
  useEffect(() => void whoAmI(), []);
  /** Does something and says how it went. */
  const deed = async (act: () => Promise<unknown>, done: string) => {
    said.value = null;
    try {
      await act();
      said.value = { ...own(done), good: true };
    } catch (problem) {
      said.value = { ...sentenceOf(problem), good: false };
    }
  };
  const logout = async () => {
    await ask<null>("POST", "api/logout");
    await whoAmI();
  };
  return (
    <div class="screen service-screen text-screen">
      <header class="headline">
        <h1 class="sentence" tabIndex={-1}>{now ? text.signedInAs(now.name, words.nav.roles[now.role]) : text.nobody}</h1>
        <p class="note">{now ? text.ends : me.value?.claimed === false ? text.unclaimed : text.nobodyNote}</p>
        <Deeds
          deeds={
            now
              ? [{ name: text.logout, act: () => void deed(logout, text.loggedOut) }]
              : [{ name: me.value?.claimed === false ? text.wayTitle.claim : text.wayTitle.login, act: () => void enter("login"), look: "main" }]
          }
        />
      </header>
      <div aria-live="polite">
        {said.value ? (
          <p class={said.value.good ? "job done" : "job failed"}>
            <Shape level={said.value.good ? "nominal" : "warning"} />
            <span lang={said.value.lang}>{said.value.text}</span>
          </p>
        ) : null}
      </div>
      {now ? (
        <div class="account-parts">
          <OwnPassword deed={deed} />
          <Tokens key={now.name} deed={deed} />
          {may("installer") ? <Users deed={deed} /> : null}
          {may("installer") ? <AuditList /> : null}
        </div>
      ) : null}
    </div>
  );
}

type DeedOf = (act: () => Promise<unknown>, done: string) => Promise<void>;

/** The fields of a form, which is emptied. */
function given(event: SubmitEvent): (name: string) => string {
  event.preventDefault();
  const form = event.currentTarget as HTMLFormElement;
  const data = new FormData(form);
  form.reset();
  return (name) => String(data.get(name) ?? "");
}

function OwnPassword({ deed }: { deed: DeedOf }) {
  const change = (event: SubmitEvent) => {
    const value = given(event);
    const act = async () => know(await ask<Me>("POST", "api/me/password", { old: value("old"), new: value("new") }));
    void deed(act, text.passwordChanged);
  };
  return (
    <Block title={text.ownPassword}>
      <form class="inline-form" onSubmit={change}>
        <Input name="old" label={text.oldPassword} secret complete="current-password" />
        <Input name="new" label={text.newPassword} secret complete="new-password" note={text.passwordRule} />
        <button type="submit">{text.changePassword}</button>
      </form>
    </Block>
  );
}

function RoleChoice({ label, value, most }: { label: string; value: Role; most: Role }) {
  const id = useId();
  return (
    <p class="field">
      <label for={id}>{label}</label>
      <select id={id} name="role">
        {ROLES.filter((role) => ROLES.indexOf(role) <= ROLES.indexOf(most)).map((role) => (
          <option key={role} value={role} selected={role === value}>{words.nav.roles[role]}</option>
        ))}
      </select>
    </p>
  );
}

function useList<T>(path: string): [Signal<T[]>, () => Promise<void>] {
  const list = useSignal<T[]>([]);
  const load = async () => {
    list.value = await ask<T[]>("GET", path);
  };
  useEffect(() => {
    load().catch((problem: unknown) => console.info(`The server did not give ${path}.`, problem));
  }, []);
  return [list, load];
}

function Users({ deed }: { deed: DeedOf }) {
  const [users, load] = useList<User>("api/users");
  const removing = useSignal<string | null>(null);
  const add = (event: SubmitEvent) => {
    const value = given(event);
    const act = async () => {
      await ask<User>("POST", "api/users", { name: value("name"), password: value("password"), role: value("role") });
      await load();
    };
    void deed(act, text.userAdded(value("name")));
  };
  const act = (method: "PATCH" | "DELETE", name: string, body?: unknown) => async () => {
    try {
      await ask<User | null>(method, `api/users/${encodeURIComponent(name)}`, body);
    } finally {
      await load();
    }
  };
  return (
    <Block title={text.users}>
      <ul class="people">
        {users.value.map((user) => (
          <li key={user.name}>
            <strong>{user.name}</strong>
            <select
              aria-label={text.roleOf(user.name)}
              value={user.role}
              onChange={(event) => void deed(act("PATCH", user.name, { role: event.currentTarget.value }), text.roleChanged(user.name))}
            >
              {ROLES.map((role) => <option key={role} value={role}>{words.nav.roles[role]}</option>)}
            </select>
            <button type="button" class="quiet" onClick={() => (removing.value = user.name)}>
              {text.remove}
              <span class="hidden"> {user.name}</span>
            </button>
          </li>
        ))}
      </ul>
      <form class="inline-form" onSubmit={add}>
        <Input name="name" label={text.name} complete="off" />
        <Input name="password" label={text.password} secret complete="new-password" note={text.passwordRule} />
        <RoleChoice label={text.role} value="viewer" most="installer" />
        <button type="submit">{text.addUser}</button>
      </form>
      {removing.value === null ? null : (
        <Ceremony
          title={text.removeTitle(removing.value)}
          verb={text.remove}
          danger
          close={() => (removing.value = null)}
          act={() => void deed(act("DELETE", removing.peek() ?? ""), text.removed)}
        >
          <p>{text.removeNote}</p>
        </Ceremony>
      )}
    </Block>
  );
}

function Tokens({ deed }: { deed: DeedOf }) {
  const [tokens, load] = useList<Token>("api/tokens");
  const secret = useSignal<string | null>(null);
  const days = useId();
  const make = (event: SubmitEvent) => {
    const value = given(event);
    const act = async () => {
      const made = await ask<{ secret: string }>("POST", "api/tokens", { title: value("title"), role: value("role"), days: Number(value("days")) });
      secret.value = made.secret;
      await load();
    };
    void deed(act, text.tokenMade);
  };
  const revoke = (id: string) => async () => {
    await ask<null>("DELETE", `api/tokens/${encodeURIComponent(id)}`);
    await load();
  };
  return (
    <Block title={text.tokens}>
      <p class="note">{text.tokensNote}</p>
      {secret.value === null ? null : (
        <p class="secret" role="status">
          {text.secretOnce} <code>{secret.value}</code>
        </p>
      )}
      {tokens.value.length === 0 ? null : (
        <ul class="people">
          {tokens.value.map((token) => (
            <li key={token.id}>
              <span>
                <strong>{token.title}</strong>
                <small class="note"> {text.tokenOf(token.account, words.nav.roles[token.role], toolClock(token.expires_s))}</small>
              </span>
              <button type="button" class="quiet" onClick={() => void deed(revoke(token.id), text.tokenRevoked)}>
                {text.revoke}
                <span class="hidden"> {token.title}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {may("operator") ? (
        <form class="inline-form" onSubmit={make}>
          <Input name="title" label={text.tokenTitle} complete="off" />
          <RoleChoice label={text.role} value="viewer" most={reader.value?.role ?? "viewer"} />
          <p class="field">
            <label for={days}>{text.validFor}</label>
            <select id={days} name="days">
              {DAYS.map((count) => <option key={count} value={count}>{text.days(count)}</option>)}
            </select>
          </p>
          <button type="submit">{text.makeToken}</button>
        </form>
      ) : null}
    </Block>
  );
}

/** Who it was; what a program did is done with a token. */
function whoTold(who: string): string {
  if (who.endsWith(TOKEN)) return text.byToken(who.slice(0, -TOKEN.length));
  return text.nobodyNames[who] ?? (who || "–");
}

/** What was asked for, in words where the page has them. */
function Deed({ action }: { action: string }) {
  const told = deedTold(action, text.deeds, (part) => systemWords.controls[part] ?? part);
  return told === null ? <span lang="en">{action}</span> : <span title={action}>{told}</span>;
}

function AuditList() {
  const audit = useSignal<Audit | null>(null);
  const problem = useSignal<Said | null>(null);
  const load = async (before: number | null) => {
    try {
      const told = await ask<Audit>("GET", `api/audit?limit=${AUDIT_PAGE}${before === null ? "" : `&before=${before}`}`);
      audit.value = before === null ? told : { ...told, entries: [...(audit.value?.entries ?? []), ...told.entries] };
    } catch (refusal) {
      problem.value = sentenceOf(refusal);
    }
  };
  useEffect(() => void load(null), []);
  const last = audit.value?.entries.at(-1)?.number ?? 1;
  return (
    <Block title={text.audit}>
      <p class="why" lang={problem.value?.lang ?? "en"}>{problem.value?.text}</p>
      {audit.value?.broken_at == null ? null : <p class="why"><strong>{text.broken(audit.value.broken_at)}</strong></p>}
      <div class="scroll-table" tabIndex={0} role="region" aria-label={text.audit}>
        <table class="tool-table audit">
          <thead>
            <tr>{text.auditColumns.map((name) => <th key={name} scope="col">{name}</th>)}</tr>
          </thead>
          <tbody>
            {(audit.value?.entries ?? []).map((entry) => (
              <tr key={entry.number}>
                <td class="num">{toolClock(entry.at_s)}</td>
                <td>{whoTold(entry.who)}</td>
                <td class="wrap"><Deed action={entry.action} />{entry.detail ? " · " : ""}<span {...(audit.value ? spokenIn(audit.value, entry.detail) : {})}>{entry.detail}</span></td>
                <td {...(audit.value ? spokenIn(audit.value, entry.result) : {})}>{entry.result}</td>
                <td>{entry.origin}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Deeds
        deeds={[
          { name: text.refresh, act: () => void load(null) },
          { name: text.older, act: () => void load(last), why: last <= 1 ? text.noOlder : null, plain: true },
        ]}
      />
    </Block>
  );
}
