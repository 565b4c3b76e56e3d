import { useEffect, useMemo, useState } from "react";
import { Blocks } from "../blocks/Blocks";
import { InteractionProvider } from "../elements/interaction";
import type { Values } from "../elements/types";
import { keepEdits } from "../elements/values";
import type { Container } from "../live/api";
import { useDirectory } from "../live/context";
import type { View } from "../live/types";
import { AppTabs } from "./AppTabs";

/** The app's Home tab. */
export function Home({ view }: { view: View | null }) {
  const { actions, appName } = useDirectory();
  const [problem, setProblem] = useState("");

  useEffect(() => {
    actions.openHome().then(
      () => setProblem(""),
      (error: Error) => setProblem(error.message),
    );
  }, [actions]);

  return (
    <main className="pane home" data-testid="home" aria-label={`Home of ${appName}`}>
      <AppTabs current="home" />
      <div className="home-body">
        {problem && (
          <p className="alert alert-error" role="alert">
            {problem}
          </p>
        )}
        {view ? <HomeBlocks view={view} /> : <p className="empty">{appName} has not published a Home tab.</p>}
      </div>
    </main>
  );
}

function HomeBlocks({ view }: { view: View }) {
  const [edits, setEdits] = useState<Values>({});
  const container = useMemo<Container>(() => ({ type: "view", view_id: view.id }), [view.id]);
  useEffect(() => setEdits((known) => keepEdits(known, view.blocks)), [view.blocks]);
  return (
    <InteractionProvider blocks={view.blocks} container={container} edits={edits} onEdit={setEdits}>
      <Blocks blocks={view.blocks} />
    </InteractionProvider>
  );
}
