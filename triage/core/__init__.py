"""Pure core: values in, values out. No clock, no path, no logging, no third party."""
