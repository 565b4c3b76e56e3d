import { Link } from "../text/parts";
import { RichText } from "./RichText";
import type { PlanBlock, TaskCardBlock } from "./types";

const STATUS = {
  pending: { mark: "○", name: "pending" },
  in_progress: { mark: "◐", name: "in progress" },
  complete: { mark: "✓", name: "complete" },
  error: { mark: "✗", name: "failed" },
};

export function TaskCard({ block }: { block: TaskCardBlock }) {
  const { mark, name } = STATUS[block.status ?? "pending"];
  return (
    <div className={`task-card task-${block.status ?? "pending"}`}>
      <div className="task-title">
        <span className="task-mark" role="img" aria-label={name}>
          {mark}
        </span>
        {block.title}
      </div>
      {block.details && <RichText block={block.details} />}
      {block.output && <RichText block={block.output} />}
      {block.sources && (
        <div className="task-sources">
          {block.sources.map(({ url, text }) => (
            <Link key={`${url} ${text}`} url={url}>
              {text}
            </Link>
          ))}
        </div>
      )}
    </div>
  );
}

export function Plan({ block }: { block: PlanBlock }) {
  return (
    <div className="plan">
      <div className="plan-title">{block.title}</div>
      {block.tasks?.map((task) => (
        <TaskCard key={task.task_id} block={task} />
      ))}
    </div>
  );
}
