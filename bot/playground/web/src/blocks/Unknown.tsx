/** Said rather than dropped: a bot's author should see what the page cannot draw. */
export function Unknown({ block }: { block: { type: string } }) {
  return (
    <details className="unknown">
      <summary>A block of type “{block.type}” that the local Slack does not draw</summary>
      <pre>{JSON.stringify(block, null, 2)}</pre>
    </details>
  );
}
