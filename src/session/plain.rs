//! RON as most logs are written, read several times as fast as the `ron` crate reads it: names, quoted
//! texts without escapes, whole and decimal numbers, line comments.
//!
//! It takes only what it is sure of. Anything else, right or wrong, is left to the `ron` crate, which
//! knows the whole of the language and what to say of an error; so what this reads must be what that
//! would have read, and nothing more. A test holds the two to each other.

use std::fmt;

use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};

/// Reads a text; `None` where it is not plain.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    let mut plain = Plain { text, at: 0 };
    let value = T::deserialize(&mut plain).ok()?;
    plain.skip_blanks();
    (plain.at == text.len()).then_some(value)
}

/// The text is not plain, or not what was expected.
#[derive(Debug)]
struct NotPlain;

impl fmt::Display for NotPlain {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("not plain")
    }
}

impl std::error::Error for NotPlain {}

impl serde::de::Error for NotPlain {
    fn custom<T: fmt::Display>(_: T) -> Self {
        NotPlain
    }
}

type Read<T> = Result<T, NotPlain>;

struct Plain<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Plain<'t> {
    fn rest(&self) -> &'t [u8] {
        &self.text.as_bytes()[self.at..]
    }

    fn next(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    /// Passes blanks and line comments.
    fn skip_blanks(&mut self) {
        let bytes = self.text.as_bytes();
        loop {
            let mut at = self.at;
            while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
                at += 1;
            }
            self.at = at;
            if !self.rest().starts_with(b"//") {
                return;
            }
            self.at = memchr::memchr(b'\n', self.rest()).map_or(bytes.len(), |line| self.at + line);
        }
    }

    /// Passes a byte that must stand here.
    fn take(&mut self, byte: u8) -> Read<()> {
        if self.next() != Some(byte) {
            return Err(NotPlain);
        }
        self.at += 1;
        Ok(())
    }

    /// Passes what belongs to one kind of word.
    fn word(&mut self, belongs: impl Fn(u8) -> bool) -> &'t str {
        let (bytes, mut at) = (self.text.as_bytes(), self.at);
        while bytes.get(at).is_some_and(|byte| belongs(*byte)) {
            at += 1;
        }
        &self.text[std::mem::replace(&mut self.at, at)..at]
    }

    /// A field's or a variant's name.
    fn name(&mut self) -> Read<&'t str> {
        if !self.next().is_some_and(|first| first.is_ascii_alphabetic()) {
            return Err(NotPlain);
        }
        Ok(self.word(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
    }

    /// A quoted text without escapes.
    fn quoted(&mut self) -> Read<&'t str> {
        self.take(b'"')?;
        let length = memchr::memchr2(b'"', b'\\', self.rest()).ok_or(NotPlain)?;
        let quoted = &self.text[self.at..self.at + length];
        self.at += length;
        self.take(b'"')?;
        Ok(quoted)
    }

    /// Digits, and a point among them where it may be.
    fn number(&mut self) -> Read<&'t str> {
        let number = self.word(|byte| byte.is_ascii_digit() || byte == b'.');
        let is_plain = number.starts_with(|first: char| first.is_ascii_digit()) && number.ends_with(|last: char| last.is_ascii_digit());
        let is_octal = number.len() > 1 && number.starts_with('0') && !number.starts_with("0.");
        let goes_on = self.next().is_some_and(|next| next.is_ascii_alphanumeric() || matches!(next, b'_' | b'+' | b'-' | b'\'' | 128..));
        if is_plain && !is_octal && !goes_on { Ok(number) } else { Err(NotPlain) }
    }

    /// A value between two brackets.
    fn within<T>(&mut self, open: u8, close: u8, value: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        self.take(open)?;
        let value = value(self)?;
        self.skip_blanks();
        self.take(close)?;
        Ok(value)
    }
}

impl<'de> Deserializer<'de> for &mut Plain<'de> {
    type Error = NotPlain;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Read<V::Value> {
        Err(NotPlain)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.skip_blanks();
        match self.name()? {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            _ => Err(NotPlain),
        }
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.skip_blanks();
        visitor.visit_u32(self.number()?.parse().map_err(|_| NotPlain)?)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.skip_blanks();
        visitor.visit_f64(self.number()?.parse().map_err(|_| NotPlain)?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.skip_blanks();
        visitor.visit_borrowed_str(self.quoted()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.deserialize_str(visitor)
    }

    /// What is there needs no `Some`; where one stands it is left to the crate.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.skip_blanks();
        let before = self.at;
        match self.name() {
            Ok("None") => visitor.visit_none(),
            Ok("Some") => Err(NotPlain),
            _ => {
                self.at = before;
                visitor.visit_some(self)
            }
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.skip_blanks();
        self.within(b'[', b']', |plain| visitor.visit_seq(Values { plain, end: b']', is_first: true }))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.skip_blanks();
        self.within(b'{', b'}', |plain| visitor.visit_map(Values { plain, end: b'}', is_first: true }))
    }

    /// `Name(field: value)`, or the brackets alone.
    fn deserialize_struct<V: Visitor<'de>>(self, name: &'static str, _: &'static [&'static str], visitor: V) -> Read<V::Value> {
        self.skip_blanks();
        if self.next() != Some(b'(') && self.name()? != name {
            return Err(NotPlain);
        }
        self.within(b'(', b')', |plain| visitor.visit_map(Values { plain, end: b')', is_first: true }))
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Read<V::Value> {
        self.skip_blanks();
        visitor.visit_enum(self)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_borrowed_str(self.name()?)
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u64 u128 f32 char bytes byte_buf unit unit_struct newtype_struct
        tuple tuple_struct ignored_any
    }
}

/// What stands between two brackets, parted by commas.
struct Values<'p, 'de> {
    plain: &'p mut Plain<'de>,
    end: u8,
    is_first: bool,
}

impl Values<'_, '_> {
    /// Whether another value stands here, behind its comma.
    fn goes_on(&mut self) -> Read<bool> {
        self.plain.skip_blanks();
        if !std::mem::take(&mut self.is_first) && self.plain.next() != Some(self.end) {
            self.plain.take(b',')?;
            self.plain.skip_blanks();
        }
        Ok(self.plain.next() != Some(self.end))
    }
}

impl<'de> SeqAccess<'de> for Values<'_, 'de> {
    type Error = NotPlain;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Read<Option<S::Value>> {
        if self.goes_on()? { seed.deserialize(&mut *self.plain).map(Some) } else { Ok(None) }
    }
}

impl<'de> MapAccess<'de> for Values<'_, 'de> {
    type Error = NotPlain;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Read<Option<S::Value>> {
        self.next_element_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Read<S::Value> {
        self.plain.skip_blanks();
        self.plain.take(b':')?;
        seed.deserialize(&mut *self.plain)
    }
}

impl<'de> EnumAccess<'de> for &mut Plain<'de> {
    type Error = NotPlain;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Read<(S::Value, Self)> {
        Ok((seed.deserialize(&mut *self)?, self))
    }
}

/// `Name` or `Name(...)`; of a structure only the fields stand in the brackets.
impl<'de> VariantAccess<'de> for &mut Plain<'de> {
    type Error = NotPlain;

    fn unit_variant(self) -> Read<()> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Read<S::Value> {
        seed.deserialize(Variant(self))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Read<V::Value> {
        Err(NotPlain)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Read<V::Value> {
        Err(NotPlain)
    }
}

/// The one value of a variant.
struct Variant<'p, 'de>(&'p mut Plain<'de>);

impl<'de> Deserializer<'de> for Variant<'_, 'de> {
    type Error = NotPlain;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Read<V::Value> {
        Err(NotPlain)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.0.within(b'(', b')', |plain| plain.deserialize_u32(visitor))
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Read<V::Value> {
        self.0.within(b'(', b')', |plain| visitor.visit_map(Values { plain, end: b')', is_first: true }))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::super::log::Session;
    use super::super::parse::by_crate;
    use super::read;

    /// Every log in the folders of samples and cases.
    fn texts() -> Vec<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut folders = vec![root.join("sessions"), root.join("tests/cases")];
        let mut texts = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
                if entry.is_dir() {
                    folders.push(entry);
                } else if entry.extension().is_some_and(|extension| extension == "ron") {
                    texts.push(fs::read_to_string(entry).expect("a text"));
                }
            }
        }
        texts.sort();
        texts
    }

    /// Whether a text is plain; what is read of it is then what the crate reads.
    fn is_plain(text: &str) -> bool {
        let (one, many) = (read::<Session>(text), read::<Vec<Session>>(text));
        let is_plain = one.is_some() || many.is_some();
        if let Some(one) = one {
            assert_eq!(by_crate(text).ok(), Some(one), "{text}");
        }
        if let Some(many) = many {
            assert_eq!(by_crate(text).ok(), Some(many), "{text}");
        }
        is_plain
    }

    #[test]
    fn most_logs_are_plain() {
        let texts = texts();
        let plain = texts.iter().filter(|text| is_plain(text)).count();
        assert!(plain * 4 > texts.len() * 3, "{plain} of {} are", texts.len());
    }

    #[test]
    fn a_spoilt_text_is_read_as_the_crate_reads_it_or_left_to_it() {
        let seed = 96365;
        println!("seed {seed}");
        let (texts, mut dice): (_, u64) = (texts(), seed);
        let mut roll = |sides: usize| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (dice >> 33) as usize % sides
        };
        let pieces = [
            "",
            " ",
            "\n",
            "// x\n",
            "/* x */",
            ",",
            ",,",
            ":",
            "(",
            ")",
            "()",
            "[",
            "]",
            "{",
            "}",
            "\"",
            "\\",
            "\\n",
            "\"x\"",
            "r#\"x\"#",
            "Some(",
            "None",
            "true",
            "-",
            "+",
            ".",
            "0",
            "007",
            "1e3",
            "0x1F",
            "1_000",
            "1.5",
            ".5",
            "5.",
            "inf",
            "u8",
            "_",
            "'",
            "\u{b}",
            "\u{a0}",
            "\u{feff}",
            "\u{e9}",
            "id",
            "r#id",
            "Session",
            "IV",
            "drug: \"x\"",
            "volume_ml: 1",
            "minutes: 2",
            "#![enable(implicit_some)]",
        ];
        let mut plain = 0;
        for _ in 0..20_000 {
            let mut text: Vec<char> = texts[roll(texts.len())].chars().collect();
            let from = roll(text.len() + 1);
            let to = (from + [0, 0, 1, 2, 5][roll(5)]).min(text.len());
            text.splice(from..to, pieces[roll(pieces.len())].chars());
            plain += usize::from(is_plain(&text.into_iter().collect::<String>()));
        }
        assert!(plain > 2_000, "{plain} were plain, the others prove nothing");
    }
}
