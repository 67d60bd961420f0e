//! Chance that is the same on every machine: integers only.

/// SplitMix64.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice for an exercise: of a seed, a number within it, and a try.
    #[must_use]
    pub fn new(seed: u64, number: u64, attempt: u64) -> Self {
        let mut dice = Dice(seed);
        for part in [number, attempt] {
            let rolled = dice.roll();
            dice = Dice(rolled ^ part.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        }
        dice
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A whole number from `low` to `high`, both among them.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let range = u64::try_from(high - low + 1).unwrap_or(1).max(1);
        low + i64::try_from(self.roll() % range).unwrap_or(0)
    }

    /// True in so many cases of a hundred.
    pub fn percent(&mut self, p: i64) -> bool {
        self.between(1, 100) <= p
    }

    /// One of several.
    pub fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        let last = i64::try_from(from.len()).unwrap_or(1) - 1;
        &from[usize::try_from(self.between(0, last)).unwrap_or(0)]
    }

    /// A length near what was ordered, as bags run: a little under, on the minute, or a little over.
    pub fn about(&mut self, minutes: i64) -> i64 {
        match self.between(1, 4) {
            1 => minutes,
            2 => minutes + 1,
            _ => minutes + self.between(-(minutes / 20) - 1, minutes / 12 + 2),
        }
    }
}
