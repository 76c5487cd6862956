/* yaml: a card. */
