//! How the API's structs are written here: every field may be absent or null, and is left out where
//! it says nothing.

use serde::{Deserialize, Deserializer};

/// `null` counts as absent, as it does for the API server.
pub fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Whether a field says nothing (`omitempty`).
pub fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Declares structs of the API. Field names are the API's own in snake case; serde writes them in
/// camel case. What stands after `;` is written even where it says nothing (no `omitempty` in the
/// API's own structs).
macro_rules! api {
    ($($(#[$meta:meta])* $name:ident {
        $($(#[$field_meta:meta])* $field:ident: $type:ty),* $(,)?
        $(; $($(#[$kept_meta:meta])* $kept:ident: $kept_type:ty),* $(,)?)?
    })*) => {$(
        $(#[$meta])*
        #[derive(
            Clone, PartialEq, Eq, Hash, Debug, Default, serde::Serialize, serde::Deserialize,
        )]
        #[serde(rename_all = "camelCase", default)]
        #[allow(missing_docs)] // The fields are the API's own; `kubectl explain` documents them.
        pub struct $name {
            $(
                $(#[$field_meta])*
                #[serde(
                    deserialize_with = "crate::manifest::object::support::or_default",
                    skip_serializing_if = "crate::manifest::object::support::is_default"
                )]
                pub $field: $type,
            )*
            $($(
                $(#[$kept_meta])*
                #[serde(deserialize_with = "crate::manifest::object::support::or_default")]
                pub $kept: $kept_type,
            )*)?
        }
    )*};
}
pub(super) use api;
