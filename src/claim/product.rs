//! Which code a drug's dose is billed by, and what one unit of it is: the session's word first,
//! then the list's by brand, route, bag and date (J1). What chooses none is never guessed (J3).

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::reference::{Amount, BadAmount, Drug, DrugCode, MeasureId, Name, Quantity, Reference, Rule};
use crate::session::dates::read_date;
use crate::session::log::{DrugNote, Route};

/// A code with its billing unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product<'r> {
    /// Five characters.
    pub code: Name,
    /// One billing unit.
    pub unit: Amount,
    /// Amounts that are the same in two measures.
    equals: &'r [(Amount, Amount)],
}

/// What is known of a drug as it was given.
pub struct Given<'g> {
    /// Its name in the list, or in the log where the list has none.
    pub name: &'g str,
    /// As the nurse wrote it; a brand chooses the code.
    pub written: &'g str,
    /// Absent for what went into a cavity.
    pub route: Option<Route>,
    /// What hung, in millilitres.
    pub volume_ml: Option<f64>,
    /// The dose in millilitres, where it is written so.
    pub dose_ml: Option<Decimal>,
    /// The date of service.
    pub date: NaiveDate,
}

/// Why there is no product.
#[derive(Debug, PartialEq, Eq)]
pub struct Lack {
    /// The rule that bars it.
    pub rule: Rule,
    /// The field of the session's note that is wrong, where it is the note's fault.
    pub field: Option<&'static str>,
    /// What is the matter.
    pub message: String,
    /// What stands under the drug's name, or under that field.
    pub label: String,
    /// How to mend it.
    pub help: String,
}

impl Product<'_> {
    /// How much an amount is in the measure of the billing unit. What is billed by the dose is one
    /// dose, whatever its size; what the label does not convert is not converted.
    #[must_use]
    pub fn count(&self, amount: Amount, reference: &Reference) -> Option<Decimal> {
        let measures = &reference.measures;
        if self.is_by_the_dose(reference) && measures.kind(amount) != Quantity::Doses {
            return Some(Decimal::ONE);
        }
        let direct = measures.number_in(amount, self.unit.measure);
        direct.or_else(|| {
            let both_ways = self.equals.iter().flat_map(|(one, other)| [(*one, *other), (*other, *one)]);
            both_ways.into_iter().find_map(|(from, to)| {
                let times = measures.number_in(amount, from.measure)?.checked_div(from.number)?;
                times.checked_mul(measures.number_in(to, self.unit.measure)?)
            })
        })
    }

    /// Whether it is billed by the dose, whatever its size.
    #[must_use]
    pub fn is_by_the_dose(&self, reference: &Reference) -> bool {
        reference.measures.kind(self.unit) == Quantity::Doses
    }

    /// The measure of its unit.
    #[must_use]
    pub fn measure(&self) -> MeasureId {
        self.unit.measure
    }
}

/// The product that was given.
///
/// # Errors
/// Says what is missing.
pub fn choose<'r>(given: &Given, note: Option<&DrugNote>, reference: &'r Reference) -> Result<Product<'r>, Lack> {
    let said = |note: &DrugNote| note.code.is_some() || note.unit.is_some();
    let Some(note) = note.filter(|note| said(note)) else {
        return listed(given, reference).map(|code| of_list(code, reference));
    };
    let unit = note.unit.as_deref().map(|unit| read_unit(unit, reference)).transpose()?;
    let Some(code) = note.code.as_deref() else {
        let mut product = listed(given, reference).map(|code| of_list(code, reference))?;
        product.unit = unit.unwrap_or(product.unit);
        return Ok(product);
    };
    let code = read_code(code, reference)?;
    let known = reference.drugs.all().flat_map(|drug| &drug.codes).find(|known| known.code == code);
    if let Some(known) = known.filter(|known| !in_force(known, given.date)) {
        let message = format!("{code} is not in force on {}", given.date);
        return Err(Lack { field: Some("code"), message, ..out_of_force(given, &[known]) });
    }
    match (unit, known) {
        (Some(unit), None) => Ok(Product { code: code.into(), unit, equals: &[] }),
        (unit, Some(known)) => {
            let product = of_list(known, reference);
            Ok(Product { unit: unit.unwrap_or(product.unit), ..product })
        }
        (None, None) => Err(Lack {
            rule: Rule::J3,
            field: Some("code"),
            message: format!("{code} is not in the drug list, and the session does not say its billing unit"),
            label: "of what unit?".to_owned(),
            help: "add its unit beside it, such as unit: \"10 mg\"".to_owned(),
        }),
    }
}

/// A unit that the session gives for a code, against the list's for that code: both as amounts,
/// where they differ.
#[must_use]
pub fn another_unit(note: &DrugNote, reference: &Reference) -> Option<(String, Amount)> {
    let code = note.code.as_deref()?.trim().to_ascii_uppercase();
    let said = reference.measures.read(note.unit.as_deref()?).ok()?;
    let known = reference.drugs.all().flat_map(|drug| &drug.codes).find(|known| known.code == code)?;
    let listed = of_list(known, reference).unit;
    let same = reference.measures.number_in(said, listed.measure) == Some(listed.number);
    (!same).then_some((code, listed))
}

fn of_list<'r>(code: &'r DrugCode, reference: &Reference) -> Product<'r> {
    let amounts = code.amounts(&reference.measures);
    Product { code: code.code.clone(), unit: amounts.unit, equals: &amounts.equals }
}

fn read_unit(unit: &str, reference: &Reference) -> Result<Amount, Lack> {
    let lack = |BadAmount { message, label, .. }| Lack {
        rule: Rule::J3,
        field: Some("unit"),
        message: format!("the unit `{unit}` {message}"),
        label,
        help: "write one billing unit, such as unit: \"10 mg\"".to_owned(),
    };
    let amount = reference.measures.read(unit).map_err(lack)?;
    if amount.number.is_zero() {
        return Err(lack(BadAmount { message: "is nothing", label: "expected an amount above 0".to_owned(), help: None }));
    }
    Ok(amount)
}

fn read_code(code: &str, reference: &Reference) -> Result<String, Lack> {
    let read = code.trim().to_ascii_uppercase();
    let lack = |message: String, label: &str| Lack {
        rule: Rule::J3,
        field: Some("code"),
        message,
        label: label.to_owned(),
        help: "write the drug's own code, such as code: \"J3490\"".to_owned(),
    };
    if read.len() != 5 || !read.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(lack(format!("`{code}` is not a drug's code"), "expected five characters"));
    }
    if reference.codes.all().iter().any(|service| service.code == read) {
        return Err(lack(format!("{read} is the code of a service, not of a drug"), "a service"));
    }
    Ok(read)
}

/// The list's code for what was given: of those for its route, by brand, by bag, then by date. The
/// name alone takes the first that belongs to no brand.
fn listed<'r>(given: &Given, reference: &'r Reference) -> Result<&'r DrugCode, Lack> {
    let Some(drug) = reference.drugs.find(given.name).filter(|drug| !drug.codes.is_empty()) else { return Err(no_code(given)) };
    let is_brand = drug.codes.iter().any(|code| code.is_branded(given.written));
    let by_name = |code: &&DrugCode| if is_brand { code.is_branded(given.written) } else { code.brands.is_empty() };
    let by_route = |code: &&DrugCode| code.routes.is_empty() || given.route.is_some_and(|route| code.routes.contains(&route));
    let by_size = |code: &&DrugCode| code.volume_ml.is_none_or(|size| is_bag_of(size, given));
    let named = || drug.codes.iter().filter(by_name);
    let routed = || named().filter(by_route);
    let sized = || routed().filter(by_size);
    sized().find(|code| in_force(code, given.date)).ok_or_else(|| {
        if named().next().is_none() {
            which_product(given, drug)
        } else if routed().next().is_none() {
            no_route(given)
        } else if sized().next().is_none() {
            which_bag(given, &routed().collect::<Vec<_>>())
        } else {
            out_of_force(given, &sized().collect::<Vec<_>>())
        }
    })
}

/// Where the bag's size is not written, a dose that fills one says it.
fn is_bag_of(size: u32, given: &Given) -> bool {
    match given.volume_ml {
        #[allow(clippy::float_cmp)] // a bag's size is a whole number, and nothing was calculated
        Some(volume) => volume == f64::from(size),
        None => given.dose_ml == Some(Decimal::from(size)),
    }
}

fn in_force(code: &DrugCode, date: NaiveDate) -> bool {
    let day = |text: &Option<String>| text.as_deref().and_then(|day| read_date(day).ok());
    day(&code.from).is_none_or(|from| from <= date) && day(&code.until).is_none_or(|until| date <= until)
}

fn no_code(given: &Given) -> Lack {
    Lack {
        rule: Rule::J3,
        field: None,
        message: format!("{} has no code in the drug list", given.name),
        label: "no code".to_owned(),
        help: format!(
            "where it has one, give it: drugs: {{ \"{}\": (code: \"J3490\", unit: \"1 mg\") }} with its own code and unit",
            given.name
        ),
    }
}

fn which_product(given: &Given, drug: &Drug) -> Lack {
    let brands: Vec<String> =
        drug.codes.iter().filter_map(|code| code.brands.first()).take(3).map(|brand| format!("\"{brand}\"")).collect();
    Lack {
        rule: Rule::J3,
        field: None,
        message: format!("each product of {} has a code of its own, and the name chooses none", given.name),
        label: "which product?".to_owned(),
        help: format!("write the product that was given, such as {}", brands.join(" or ")),
    }
}

fn no_route(given: &Given) -> Lack {
    Lack {
        rule: Rule::J3,
        field: None,
        message: format!("the drug list has no code of {} for this route", given.written),
        label: "no code for this route".to_owned(),
        help: format!("`hangtime drugs \"{}\"` lists its codes; a code in the session's `drugs` goes before them", given.name),
    }
}

fn which_bag(given: &Given, codes: &[&DrugCode]) -> Lack {
    let sizes: Vec<String> = codes.iter().filter_map(|code| code.volume_ml).map(|size| format!("{size} mL")).collect();
    let sizes = sizes.join(", ");
    let (message, label) = match given.volume_ml {
        Some(volume) => (format!("the drug list has no code of {} for a bag of {volume} mL", given.name), "no code for this bag"),
        None => (format!("the code of {} goes by the size of its bag", given.name), "how large was the bag?"),
    };
    let help = match given.volume_ml {
        Some(_) => format!("it has codes for {sizes}; another stands in the session's `drugs`"),
        None => format!("add `volume_ml`; there are codes for {sizes}"),
    };
    Lack { rule: Rule::J3, field: None, message, label: label.to_owned(), help }
}

fn out_of_force(given: &Given, codes: &[&DrugCode]) -> Lack {
    let dates = |code: &&DrugCode| {
        let from = code.from.as_ref().map(|from| format!(" from {from}")).unwrap_or_default();
        let until = code.until.as_ref().map(|until| format!(" until {until}")).unwrap_or_default();
        format!("{} is in force{from}{until}", code.code)
    };
    Lack {
        rule: Rule::E5,
        field: None,
        message: format!("the drug list has no code of {} that is in force on {}", given.name, given.date),
        label: codes.iter().map(dates).collect::<Vec<_>>().join(", "),
        help: "check the date; the code of that day can stand in the session's `drugs`, with its unit".to_owned(),
    }
}
