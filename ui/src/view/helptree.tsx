// The troubleshooting tree: one question at a time, down to what stands behind it and what to do.

import { useState } from "preact/hooks";
import { helpToolWords as say } from "../i18n/helptools";
import { HELP, isChoice, type Choice, type Leaf } from "./helpdata";

export function TroubleTree() {
  const [path, setPath] = useState<number[]>([]);
  const node = path.reduce<Choice | Leaf>((at, step) => (isChoice(at) ? at.answers[step] ?? at : at), HELP.tree);
  return (
    <div class="tree" aria-live="polite">
      <h3 lang={HELP.language}>{node.title}</h3>
      {isChoice(node) ? (
        <ul class="answers" lang={HELP.language}>
          {node.answers.map((answer, index) => (
            <li key={answer.title}>
              <button type="button" onClick={() => setPath([...path, index])}>{answer.title}</button>
            </li>
          ))}
        </ul>
      ) : (
        <LeafText leaf={node} />
      )}
      {path.length > 0 ? (
        <p class="tree-way">
          <button type="button" onClick={() => setPath(path.slice(0, -1))}>{say.back}</button>
          <button type="button" onClick={() => setPath([])}>{say.again}</button>
        </p>
      ) : null}
    </div>
  );
}

export function LeafText({ leaf }: { leaf: Leaf }) {
  return (
    <>
      <ul class="plain-list" lang={HELP.language}>{leaf.facts.map((fact) => <li key={fact}>{fact}</li>)}</ul>
      {leaf.released_by.length > 0 ? <p><strong>{say.releasedBy}:</strong> <span lang={HELP.language}>{leaf.released_by.join("; ")}.</span></p> : null}
      <p><strong>{say.steps}</strong></p>
      <ol class="plain-list" lang={HELP.language}>{leaf.steps.map((step) => <li key={step}>{step}</li>)}</ol>
    </>
  );
}
