import { useRef, useState } from "react";
import type { User } from "../live/types";
import type { Go } from "../live/useAddress";
import { Avatar } from "./Avatar";
import { Menu } from "./Menu";

/** Who I am. A second window with another `?user=` is another person. */
export function UserSwitcher({ me, users, go }: { me: User; users: User[]; go: Go }) {
  const [open, setOpen] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  const people = users.filter(({ is_bot }) => !is_bot);
  return (
    <>
      <button
        ref={trigger}
        type="button"
        className="user-switcher"
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Avatar name={me.real_name || me.name} color={me.color} />
        <span>{me.real_name || me.name}</span>
        <span className="visually-hidden">Switch person</span>
        <span aria-hidden="true">▾</span>
      </button>
      {open && (
        <Menu
          anchor={trigger}
          label="People"
          alignRight
          onClose={() => setOpen(false)}
          items={people.map((user) => ({
            key: user.id,
            label: user.real_name || user.name,
            detail: `@${user.name}`,
            checked: user.id === me.id,
            onChoose: () => go({ user: user.id }),
          }))}
        />
      )}
    </>
  );
}
