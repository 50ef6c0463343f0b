using System.Reflection;
using System.Runtime.CompilerServices;

[assembly: AssemblyTitle("Duomo")]
[assembly: AssemblyDescription("Recommendations from one small library and one file")]
[assembly: AssemblyVersion("0.1.0.0")]
[assembly: AssemblyInformationalVersion("0.1.0")]
[assembly: InternalsVisibleTo("Duomo.Tests")]
