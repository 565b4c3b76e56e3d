import { useState } from "react";
import { RichText } from "./RichText";
import type { Cell, DataTableBlock, TableBlock } from "./types";

export function Table({ block }: { block: TableBlock }) {
  const [head = [], ...rows] = block.rows;
  const columns = block.column_settings ?? [];
  const classOf = (column: number) => {
    const { align = "left", is_wrapped: wrapped = false } = columns[column] ?? {};
    return `align-${align} ${wrapped ? "wrapped" : ""}`;
  };
  return (
    <div className="table-scroll" tabIndex={0} role="group" aria-label="Table">
      <table>
        <thead>
          <tr>
            {head.map((cell, column) => (
              <th key={column} scope="col" className={classOf(column)}>
                <CellView cell={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column} className={classOf(column)}>
                  <CellView cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const PAGE_SIZE = 5;

interface Sorting {
  column: number;
  descending: boolean;
}

/** Sorted by a click on a column's header, one page at a time. */
export function DataTable({ block }: { block: DataTableBlock }) {
  const { caption, page_size: size = PAGE_SIZE, row_header_column_index: keyColumn = 0 } = block;
  const [head = [], ...rows] = block.rows;
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const [wanted, setWanted] = useState(0);
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const page = Math.min(wanted, pages - 1);
  const shown = (sorting ? sorted(rows, sorting) : rows).slice(page * size, (page + 1) * size);

  const sortBy = (column: number) =>
    setSorting({ column, descending: sorting?.column === column && !sorting.descending });
  const ariaSort = (column: number) =>
    sorting?.column === column ? (sorting.descending ? "descending" : "ascending") : "none";

  return (
    <div className="data-table">
      <div className="table-scroll" tabIndex={0} role="group" aria-label={caption ?? "Table"}>
        <table>
          {caption && <caption>{caption}</caption>}
          <thead>
            <tr>
              {head.map((cell, column) => (
                <th key={column} scope="col" aria-sort={ariaSort(column)}>
                  <button type="button" onClick={() => sortBy(column)}>
                    <CellView cell={cell} />
                    <span aria-hidden="true">
                      {sorting?.column === column ? (sorting.descending ? " ↓" : " ↑") : ""}
                    </span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, index) => (
              <tr key={index}>
                {row.map((cell, column) =>
                  column === keyColumn ? (
                    <th key={column} scope="row">
                      <CellView cell={cell} />
                    </th>
                  ) : (
                    <td key={column} className={cell.type === "raw_number" ? "align-right" : undefined}>
                      <CellView cell={cell} />
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {pages > 1 && (
        <div className="table-pages">
          <button type="button" className="button" disabled={page === 0} onClick={() => setWanted(page - 1)}>
            Previous
          </button>
          <span>
            {page * size + 1}–{Math.min((page + 1) * size, rows.length)} of {rows.length}
          </span>
          <button type="button" className="button" disabled={page === pages - 1} onClick={() => setWanted(page + 1)}>
            Next
          </button>
        </div>
      )}
    </div>
  );
}

function CellView({ cell }: { cell: Cell }) {
  switch (cell.type) {
    case "rich_text":
      return <RichText block={cell} />;
    case "raw_number":
      return cell.text ?? String(cell.value);
    case "raw_text":
      return <span className="plain">{cell.text}</span>;
    default:
      return null;
  }
}

function sorted(rows: Cell[][], { column, descending }: Sorting): Cell[][] {
  const numeric = rows.every((row) => row[column]?.type === "raw_number");
  const compare = (one: Cell[], other: Cell[]) =>
    numeric
      ? Number(textOf(one[column])) - Number(textOf(other[column]))
      : textOf(one[column]).localeCompare(textOf(other[column]));
  return rows.toSorted((one, other) => (descending ? -1 : 1) * compare(one, other));
}

function textOf(cell: Cell | undefined): string {
  if (!cell) return "";
  if (cell.type === "raw_number") return String(cell.value);
  return cell.type === "raw_text" ? cell.text : JSON.stringify(cell.elements);
}
