// Finds the tests, runs them, and says how many passed. (NUnit and xUnit cannot be had where this is tested.)
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;

namespace Duomo.Tests
{
    [AttributeUsage(AttributeTargets.Method)]
    internal sealed class TestAttribute : Attribute { }

    internal static class Runner
    {
        private static int Main()
        {
            int passed = 0, failed = 0;
            foreach (MethodInfo test in typeof(Runner).Assembly.GetTypes().OrderBy(type => type.Name)
                .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
                .Where(method => method.GetCustomAttribute<TestAttribute>() != null))
            {
                try
                {
                    test.Invoke(null, null);
                    ++passed;
                }
                catch (TargetInvocationException e)
                {
                    ++failed;
                    Console.Error.WriteLine("FAILED: " + test.DeclaringType.Name + "." + test.Name + ": " + e.InnerException);
                }
            }
            Console.WriteLine(passed + " passed, " + failed + " failed");
            return failed == 0 && passed >= 25 ? 0 : 1;
        }
    }

    internal static class Expect
    {
        internal static readonly string Models = Environment.GetEnvironmentVariable("DUOMO_TEST_MODELS");

        internal static string File(string name) { return Path.Combine(Models, name + ".duomo"); }
        internal static Model Open(string name) { return Model.Open(File(name)); }

        internal static void True(bool holds, string what = "")
        {
            if (!holds) throw new Exception("does not hold: " + what);
        }

        internal static void Equal<T>(T wanted, T found, string what = "")
        {
            if (!EqualityComparer<T>.Default.Equals(wanted, found)) throw new Exception(what + ": " + found + " in place of " + wanted);
        }

        internal static void Same<T>(IEnumerable<T> wanted, IEnumerable<T> found, string what = "")
        {
            if (wanted.SequenceEqual(found)) return;
            throw new Exception(what + ": " + string.Join(" ", found) + " in place of " + string.Join(" ", wanted));
        }

        internal static T Throws<T>(Action call, string part = "") where T : Exception
        {
            try
            {
                call();
            }
            catch (T e)
            {
                True(e.Message.Contains(part), "\"" + e.Message + "\" has \"" + part + "\"");
                return e;
            }
            throw new Exception("no " + typeof(T).Name);
        }

        internal static DuomoException Fails(Status status, string part, Action call)
        {
            var e = Throws<DuomoException>(call, part);
            Equal(status, e.Status, e.Message);
            return e;
        }
    }
}
