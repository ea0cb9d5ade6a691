// The troubleshooting tree: one question at a time, down to what stands behind it and what to do.

import { useEffect, useRef, useState } from "preact/hooks";
import { helpToolWords as say } from "../i18n/helptools";
import { spokenIn } from "../told";
import { isChoice, type Choice, type HelpData, type Leaf } from "./helpdata";
import { useHelp } from "./helptold";

export function TroubleTree() {
  const [path, setPath] = useState<number[]>([]);
  const help = useHelp();
  const question = useRef<HTMLHeadingElement>(null);
  const steps = useRef(0);
  const go = (next: number[]) => {
    steps.current += 1;
    setPath(next);
  };
  // The answer that was pressed is gone: the next question takes its place for who uses the keyboard.
  useEffect(() => {
    if (steps.current > 0) question.current?.focus();
  }, [path]);
  const node = path.reduce<Choice | Leaf>((at, step) => (isChoice(at) ? at.answers[step] ?? at : at), help.tree);
  return (
    <div class="tree" aria-live="polite">
      <h3 ref={question} tabIndex={-1} {...spokenIn(help, node.title)}>{node.title}</h3>
      {isChoice(node) ? (
        <ul class="answers">
          {node.answers.map((answer, index) => (
            <li key={answer.title}>
              <button type="button" {...spokenIn(help, answer.title)} onClick={() => go([...path, index])}>{answer.title}</button>
            </li>
          ))}
        </ul>
      ) : (
        <LeafText leaf={node} help={help} />
      )}
      {path.length > 0 ? (
        <p class="tree-way">
          <button type="button" onClick={() => go(path.slice(0, -1))}>{say.back}</button>
          <button type="button" onClick={() => go([])}>{say.again}</button>
        </p>
      ) : null}
    </div>
  );
}

export function LeafText({ leaf, help }: { leaf: Leaf; help: HelpData }) {
  const foreign = leaf.released_by.find((way) => help.untranslated.includes(way));
  const told = (text: string) => <li key={text} {...spokenIn(help, text)}>{text}</li>;
  return (
    <>
      <ul class="plain-list">{leaf.facts.map(told)}</ul>
      {leaf.released_by.length > 0 ? <p><strong>{say.releasedBy}</strong> <span {...spokenIn(help, foreign ?? "")}>{say.ways(leaf.released_by)}</span></p> : null}
      <p><strong>{say.steps}</strong></p>
      <ol class="plain-list">{leaf.steps.map(told)}</ol>
    </>
  );
}
