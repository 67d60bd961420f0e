//! The samples of `sessions/` as exercises: the folder's number is the level, its name the topic.

use std::sync::OnceLock;

use super::Exercise;
use crate::{Options, Source};

/// A sample as it lies in its folder.
struct Sample {
    folder: &'static str,
    name: &'static str,
    log: &'static str,
    answer: &'static str,
}

macro_rules! samples {
    ($($folder:literal: $($name:literal),+;)+) => {
        &[$($(Sample {
            folder: $folder,
            name: $name,
            log: include_str!(concat!("../../sessions/", $folder, "/", $name, ".ron")),
            answer: include_str!(concat!("../../sessions/", $folder, "/", $name, ".answer")),
        }),+),+]
    };
}

/// A test holds this list to the folder.
const ALL: &[Sample] = samples! {
    "1-one-drug": "before-admission", "cellulitis-vancomycin", "ed-antibiotic", "ferumoxytol", "fulvestrant", "immune-globulin-sc", "infliximab-office", "iron-sucrose", "iron-waiver", "ivig-steps", "natalizumab", "port-flush", "potassium-two-bags", "reclast", "toradol-im", "wellness-drip", "zoledronic-acid";
    "2-several-drugs": "allergic-reaction", "flu-shot-and-b12", "furosemide-drip", "lupron-and-xgeva", "migraine", "morphine-repeat", "pegloticase-office", "pneumonia-in-turn", "pneumonia-together", "pulmonary-embolism", "toradol-beside-rocephin", "vancomycin-cefepime";
    "3-hydration": "bolus-a-little-longer", "dextrose-with-potassium", "ed-0417", "gastroenteritis", "ketoacidosis", "low-potassium", "morning-sickness", "quick-bolus", "sepsis", "through-the-night", "turned-down", "two-short-stretches-strict", "two-short-stretches", "zofran-untimed";
    "4-chemo": "belly-wash", "bortezomib", "chemoembolisation", "cisplatin", "eribulin", "folfox-day-1", "folfox-pump-off", "implanted-pump", "intrathecal-methotrexate", "liver-artery", "liver-pump-refill", "ommaya", "paclitaxel-carboplatin", "pertuzumab-trastuzumab", "pleural-bleomycin", "pump-bag-change", "r-chop", "rituximab-reaction", "skin-lesions", "trial", "weekly-paclitaxel";
    "5-sites-days-visits": "back-too-soon", "calcium-in-the-other-hand", "chemo-and-antibiotic", "clock-back", "clock-forward", "every-twelve-hours", "hospice-patient", "incompatible", "leaking-needles", "locum", "next-morning", "observation", "over-midnight", "same-hour-twice", "second-line-for-flow", "storm", "transfusion-day", "twice-a-day", "two-ed-visits", "under-the-skin";
    "6-hard": "backwards", "bone-drug-visit", "declined-the-rest", "docetaxel-no-stop", "fluid-last-seen", "half-past-two", "immune-globulin-no-stop", "infiltrated", "infliximab-reaction", "long-night", "majority-payer", "medicare-home-pump", "nobody-wrote-why", "office-migraine", "office-repeat", "portable-milrinone", "rocephin-no-stop", "second-bag", "slow-push", "three-in-a-chain", "vancomycin-no-stop", "vinorelbine-magnesium", "vinorelbine-two-minerals";
};

/// Every sample that can be coded, in the order of the folders. One whose log is wrong is no exercise.
#[must_use]
pub fn all() -> &'static [Exercise] {
    static EXERCISES: OnceLock<Vec<Exercise>> = OnceLock::new();
    EXERCISES.get_or_init(|| ALL.iter().filter(|sample| !keys(sample.answer).any(|key| key == ("status", "error"))).map(exercise).collect())
}

/// The name of each sample, `folder/name`, whether or not it is an exercise.
pub fn names() -> impl Iterator<Item = String> {
    ALL.iter().map(|sample| format!("{}/{}", sample.folder, sample.name))
}

fn exercise(sample: &Sample) -> Exercise {
    let (level, topic) = sample.folder.split_once('-').unwrap_or(("1", sample.folder));
    let (story, log) = apart(sample.log);
    let values = |wanted: &'static str| keys(sample.answer).filter(move |(key, _)| *key == wanted).map(|(_, value)| value.to_owned());
    let options = Options { policies: values("policy").collect(), profile: values("profile").next(), ..Options::default() };
    let reading = options.policies.iter().map(|policy| format!(" This payer's reading: {policy}.")).collect::<String>();
    Exercise {
        name: sample.name.to_owned(),
        topic: topic.to_owned(),
        level: level.parse().unwrap_or(1),
        story: format!("{story}{reading}"),
        source: Source::new(format!("{}.ron", sample.name), log.as_bytes()),
        options,
    }
}

/// The comment at the head of a log, and the log.
fn apart(text: &str) -> (String, &str) {
    let mut rest = text;
    let mut story = Vec::new();
    while let Some(comment) = rest.strip_prefix("//") {
        let (line, after) = comment.split_once('\n').unwrap_or((comment, ""));
        story.push(line.trim());
        rest = after;
    }
    (story.join(" "), rest.trim_start())
}

/// The `key: value` lines of an answer.
fn keys(answer: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    answer.lines().filter_map(|line| line.split_once(':')).map(|(key, value)| (key.trim(), value.trim()))
}
