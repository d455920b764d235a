//! Everything, as one value; the only module that knows every component.
