//! Which numbers AUTO_INCREMENT gives. InnoDB goes a step back where a table has counted with
//! another increment before (`ha_innobase::get_auto_increment`): not modelled, some numbers are
//! left out.

use super::Env;
use super::variable::variable_text;

/// `auto_increment_increment` and `auto_increment_offset`.
pub(super) struct Steps {
    /// From one number to the next; at least 1.
    pub by: u64,
    from: u64,
}

/// Those of the session that runs. An offset beyond the increment is ignored, as the manual has it.
pub(super) fn steps(env: &Env) -> Steps {
    let of = |name: &str| variable_text(false, name, env).and_then(|text| text.parse().ok());
    let by = of("auto_increment_increment").unwrap_or(1).max(1);
    let from = of("auto_increment_offset").filter(|from| *from <= by).unwrap_or(1);
    Steps { by, from }
}

impl Steps {
    /// The first one that is not below `least`. Models `compute_next_insert_id` (sql/handler.cc).
    pub fn first_from(&self, least: u64) -> u64 {
        let extents = (least.saturating_sub(1) + self.by - self.from) / self.by;
        extents.saturating_mul(self.by).saturating_add(self.from)
    }

    /// Where a table's counter stands once `used` is. Models `innobase_next_autoinc`.
    pub fn after(&self, used: u64) -> u64 {
        if self.from <= 1 {
            return used.saturating_add(self.by);
        }
        let extents = used.abs_diff(self.from) / self.by + 1;
        extents.saturating_mul(self.by).saturating_add(self.from)
    }
}
