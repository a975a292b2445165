// Mantine's styles, loaded with the first screen or dialog that uses its widgets: the map needs none of them.
import '@mantine/core/styles.layer.css';
