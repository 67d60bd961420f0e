#[derive(Debug)]
pub struct UnknownName;
impl std::fmt::Display for UnknownName {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("x")
    }
}
pub fn codes(_: Option<&str>, _: usize) -> Result<String, UnknownName> {
    Err(UnknownName)
}
pub fn rules(_: Option<&str>, _: usize) -> Result<String, UnknownName> {
    Err(UnknownName)
}
pub fn drugs(_: Option<&str>, _: usize) -> Result<String, UnknownName> {
    Err(UnknownName)
}
pub fn policies(_: Option<&str>, _: usize) -> Result<String, UnknownName> {
    Err(UnknownName)
}
pub fn modifiers(_: Option<&str>, _: usize) -> Result<String, UnknownName> {
    Err(UnknownName)
}
