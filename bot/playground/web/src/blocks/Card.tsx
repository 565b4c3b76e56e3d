import { ElementView } from "../elements/Element";
import { Text } from "../text/Text";
import { Picture } from "./Image";
import type { CardBlock, CarouselBlock } from "./types";

export function Card({ block }: { block: CardBlock }) {
  const { block_id: blockId = "", hero_image: hero, icon, title, subtitle, body, actions = [] } = block;
  return (
    <div className="card">
      {hero && (
        <div className="card-hero">
          <Picture image={hero} />
        </div>
      )}
      {(icon || title || subtitle) && (
        <div className="card-head">
          {icon && <Picture image={icon} />}
          <div>
            {title && (
              <div className="card-title">
                <Text text={title} />
              </div>
            )}
            {subtitle && (
              <div className="card-subtitle">
                <Text text={subtitle} />
              </div>
            )}
          </div>
        </div>
      )}
      {body && <Text text={body} />}
      {actions.length > 0 && (
        <div className="card-actions">
          {actions.map((element) => (
            <ElementView key={element.action_id} element={element} blockId={blockId} dispatches />
          ))}
        </div>
      )}
    </div>
  );
}

/** Scrolls sideways in itself: by wheel, finger, or the arrow keys. */
export function Carousel({ block }: { block: CarouselBlock }) {
  return (
    <div className="carousel" tabIndex={0} role="group" aria-label={`${block.elements.length} cards`}>
      {block.elements.map((card, index) => (
        <Card key={card.block_id ?? index} block={card} />
      ))}
    </div>
  );
}
