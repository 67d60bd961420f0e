//! A reader of JSON that knows where each value stands: slow, and used only on what was refused.
//! The text is JSON, so that RON's tokens and brackets are its own.

use std::cell::RefCell;
use std::ops::Range;

use serde::Deserializer;
use serde::de::{self, DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::super::locate::{self, Entry};
use super::refusal::{Refusal, What};

/// A value, by where it stands.
#[derive(Clone)]
pub(super) struct Value<'t> {
    text: &'t str,
    range: Range<usize>,
}

impl<'t> Value<'t> {
    pub(super) fn new(text: &'t str, range: Range<usize>) -> Self {
        Value { text, range }
    }

    fn written(&self) -> &'t str {
        &self.text[self.range.clone()]
    }

    fn entries(&self) -> std::vec::IntoIter<Entry> {
        locate::entries(self.text, self.range.clone()).into_iter()
    }

    fn part(&self, range: Range<usize>) -> Value<'t> {
        Value { text: self.text, range }
    }

    fn string(&self) -> Result<String, Refusal> {
        serde_json::from_str(self.written()).map_err(de::Error::custom)
    }
}

impl<'de> Deserializer<'de> for Value<'_> {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let written = self.written();
        let read = match written.as_bytes().first() {
            Some(b'"') => self.string().and_then(|text| visitor.visit_string(text)),
            Some(b'{') => visitor.visit_map(Members { of: self.clone(), entries: self.entries(), value: None, seen: &RefCell::default() }),
            Some(b'[') => visitor.visit_seq(Items { of: self.clone(), entries: self.entries() }),
            _ => match written {
                "true" => visitor.visit_bool(true),
                "false" => visitor.visit_bool(false),
                "null" => visitor.visit_unit(),
                number => match (number.parse(), number.parse(), number.parse()) {
                    (Ok(number), ..) => visitor.visit_u64(number),
                    (_, Ok(number), _) => visitor.visit_i64(number),
                    (.., Ok(number)) => visitor.visit_f64(number),
                    _ => Err(de::Error::custom("this is no number")),
                },
            },
        };
        read.map_err(|refusal| refusal.at(&self.range))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        if self.written() == "null" { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_struct<V: Visitor<'de>>(self, name: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Refusal> {
        let first = self.range.start..self.range.start + 1;
        if !self.written().starts_with('{') {
            return Err(Refusal::new(What::Other).at(&self.range));
        }
        let seen = RefCell::default();
        let read = visitor.visit_map(Members { of: self.clone(), entries: self.entries(), value: None, seen: &seen });
        read.map_err(|refusal| refusal.within(name).twice(self.text, &seen.borrow()).at(&first))
    }

    fn deserialize_enum<V: Visitor<'de>>(self, name: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Refusal> {
        let mut entries = self.entries();
        let read = match (self.written().as_bytes().first(), entries.next(), entries.next()) {
            (Some(b'"'), ..) => visitor.visit_enum(Variant { name: self.clone(), value: None }),
            (Some(b'{'), Some(Entry { key: Some(key), value }), None) => {
                visitor.visit_enum(Variant { name: self.part(key), value: Some(self.part(value)) })
            }
            _ => Err(Refusal::new(What::Other)),
        };
        read.map_err(|refusal| refusal.within(name).at(&self.range))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Refusal> {
        let range = self.range.clone();
        visitor.visit_newtype_struct(self).map_err(|refusal| refusal.at(&range))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

struct Items<'t> {
    of: Value<'t>,
    entries: std::vec::IntoIter<Entry>,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Refusal;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Refusal> {
        self.entries.next().map(|entry| seed.deserialize(self.of.part(entry.value))).transpose()
    }
}

struct Members<'t, 's> {
    of: Value<'t>,
    entries: std::vec::IntoIter<Entry>,
    value: Option<Entry>,
    /// Where the keys read so far stand.
    seen: &'s RefCell<Vec<Range<usize>>>,
}

impl<'de> MapAccess<'de> for Members<'_, '_> {
    type Error = Refusal;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Refusal> {
        let Some(entry) = self.entries.next() else { return Ok(None) };
        let key = entry.key.clone().unwrap_or(entry.value.clone());
        self.seen.borrow_mut().push(key.clone());
        self.value = Some(entry);
        seed.deserialize(self.of.part(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Refusal> {
        let Some(Entry { key, value }) = self.value.take() else { return Err(Refusal::new(What::Other)) };
        let name = key.and_then(|key| self.of.part(key).string().ok()).unwrap_or_default();
        seed.deserialize(self.of.part(value)).map_err(|refusal| refusal.of(&name))
    }
}

/// A name, alone or with what belongs to it.
struct Variant<'t> {
    name: Value<'t>,
    value: Option<Value<'t>>,
}

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = Refusal;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Refusal> {
        let name = self.name.string()?;
        let variant = seed.deserialize(name.as_str().into_deserializer()).map_err(|refusal: Refusal| refusal.at(&self.name.range))?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Refusal;

    fn unit_variant(self) -> Result<(), Refusal> {
        match self.value {
            None => Ok(()),
            Some(value) => Err(Refusal::new(What::Plain(self.name.string()?)).at(&value.range)),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Refusal> {
        let name = self.name.string()?;
        match self.value {
            Some(value) => seed.deserialize(value).map_err(|refusal| refusal.of(&name).lacking(&self.name.range)),
            None => Err(Refusal::new(What::Bare(name)).at(&self.name.range)),
        }
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Refusal> {
        Err(Refusal::new(What::Other))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, Refusal> {
        Err(Refusal::new(What::Other))
    }
}
