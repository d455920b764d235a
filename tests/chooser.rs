//! What generators choose with: the same seed makes the same choices on every machine.

use ordinal::base::seed::Seed;

/// Makes up text by chance, level within level.
pub trait Chooser {
    /// Where its chance comes from.
    fn chance(&mut self) -> &mut Seed;

    /// Levels still allowed below this one.
    fn depth(&mut self) -> &mut u32;

    /// A number below `bound`.
    fn below(&mut self, bound: u64) -> u64 {
        self.chance().below(bound)
    }

    /// A number from `from` to `to`, both included.
    fn range(&mut self, from: u64, to: u64) -> u64 {
        from + self.below(to - from + 1)
    }

    /// True once in `of` times.
    fn once_in(&mut self, of: u64) -> bool {
        self.below(of) == 0
    }

    /// One of these.
    fn pick(&mut self, items: &[&str]) -> String {
        items[self.below(items.len() as u64) as usize].to_string()
    }

    /// One level down, or the shallow form where there is no level left.
    fn deeper(
        &mut self,
        deep: impl FnOnce(&mut Self) -> String,
        flat: impl FnOnce(&mut Self) -> String,
    ) -> String {
        if *self.depth() == 0 {
            return flat(self);
        }
        *self.depth() -= 1;
        let text = deep(self);
        *self.depth() += 1;
        text
    }
}
