// The troubleshooting tree: one question at a time, down to what stands behind it and what to do.

import { useState } from "preact/hooks";
import { HELP, isChoice, type Choice, type Leaf } from "./helpdata";
import { toolWords as say } from "./helpwords";

export function TroubleTree() {
  const [path, setPath] = useState<number[]>([]);
  const node = path.reduce<Choice | Leaf>((at, step) => (isChoice(at) ? at.answers[step] ?? at : at), HELP.tree);
  return (
    <div class="tree" lang="en" aria-live="polite">
      <h3>{node.title}</h3>
      {isChoice(node) ? (
        <ul class="answers">
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
      <ul class="plain-list">{leaf.facts.map((fact) => <li key={fact}>{fact}</li>)}</ul>
      {leaf.released_by.length > 0 ? <p><strong>{say.releasedBy}:</strong> {leaf.released_by.join("; ")}.</p> : null}
      <p><strong>{say.steps}</strong></p>
      <ol class="plain-list">{leaf.steps.map((step) => <li key={step}>{step}</li>)}</ol>
    </>
  );
}
